import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { claimMessages, putBack, renewClaims } from '../../src/delivery/messages.ts';
import { type Point, startMoodyServer } from './support/moody-server.ts';
import { openPostOffice } from './support/post-office.ts';

const SENDER = join(import.meta.dirname, 'support/paused-sender.ts');

/** Far longer than the process waits for an answer, and than all of a mail may take. */
const PAUSE_MS = 5_000;

describe('a process that is stopped while mails are in flight', () => {
  test.each<Point>(['before the dot', 'before the 250'])(
    'at the point %s reads what the server has said meanwhile, and gives nothing up',
    async (point) => {
      const reached = new Set<number>();
      let here = () => {};
      const all = new Promise<void>((resolve) => {
        here = resolve;
      });
      let count = 0;
      const server = await startMoodyServer({
        delayMs: 200,
        on: (at) => {
          if (at !== point) return;
          count += 1;
          reached.add(count);
          if (count === 5) here();
        },
      });
      const sender = spawn(process.execPath, [SENDER, server.url, '1500'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let out = '';
      sender.stdout.on('data', (text) => {
        out += text;
      });
      const ended = once(sender, 'exit');
      await all;
      sender.kill('SIGSTOP');
      await sleep(PAUSE_MS);
      sender.kill('SIGCONT');
      await ended;
      expect(JSON.parse(out)).toEqual(Array(5).fill('sent'));
      expect(server.taken).toHaveLength(5);
      await server.stop();
    },
  );

  test('still gives a server up that says nothing', async () => {
    const server = await startMoodyServer();
    await server.be('stall after RCPT');
    const sender = spawn(process.execPath, [SENDER, server.url, '1500'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    sender.stdout.on('data', (text) => {
      out += text;
    });
    const ended = once(sender, 'exit');
    await sleep(500);
    sender.kill('SIGSTOP');
    await sleep(PAUSE_MS);
    sender.kill('SIGCONT');
    await ended;
    expect(JSON.parse(out)).toEqual(Array(5).fill(expect.stringMatching(/Timeout|abort/i)));
    await server.stop();
  });
});

test('what another process has taken up meanwhile is neither renewed nor given back', async () => {
  const server = await startMoodyServer();
  const office = await openPostOffice(server.url, 2);
  const { db } = office.ctx;
  const { clock } = office;
  await office.queueOnly();
  const ids = (await office.messages()).map(({ id }) => id);
  const mine = clock.now();
  await claimMessages(db, ids, mine);
  clock.advance({ minutes: 3 });
  const [other] = ids as [string];
  await db
    .updateTable('messages')
    .set({ claimedAt: clock.now(), nextAttemptAt: new Date(clock.now().getTime() + 60_000) })
    .where('id', '=', other)
    .execute();
  expect(await renewClaims(db, ids, mine, clock.now())).toEqual(new Set([ids[1]]));
  await putBack(db, ids, mine, clock.now());
  const statuses = (await office.messages()).map(({ id, status }) => [id === other, status]);
  expect(statuses).toEqual([
    [true, 'sending'],
    [false, 'queued'],
  ]);
  await office.close();
  await server.stop();
});
