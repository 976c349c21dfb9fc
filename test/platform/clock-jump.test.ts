import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadPrograms } from '../../src/programs/load.ts';
import { BOOTSTRAP_KEY } from '../support/app.ts';
import { createTestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { openTestYears } from '../support/years.ts';

const ROOT = join(import.meta.dirname, '../..');
const PRELOADED = join(import.meta.dirname, 'support/clock-to-set.ts');

test('a server whose clock jumps a month ahead writes nothing until it is put right, and says why', async () => {
  const { db, url, drop } = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'clock-jump-'));
  const programs = await loadPrograms();
  const NOW = '2027-01-10T12:00:00-06:00';
  const [id] = await openTestYears({ db, programs, clock: { now: () => new Date(NOW) } }, 1);
  const server = spawn(
    process.execPath,
    ['--import', PRELOADED, join(ROOT, 'src/server.ts'), '--with-worker'],
    {
      cwd: ROOT,
      env: {
        ...{ PATH: process.env.PATH, DATABASE_URL: url, DATA_DIR: dataDir, DEMO: '0', NOW },
        ...{ PORT: '0', BOOTSTRAP_KEY },
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let [out, log] = ['', ''];
  server.stdout.on('data', (text) => {
    out += text;
  });
  server.stderr.on('data', (text) => {
    log += text;
  });
  await until(() => out.includes(' is up.\n'));
  const address = /Address +(\S+)/.exec(out)![1]!;
  const headers = {
    ...{ authorization: `Bearer ${BOOTSTRAP_KEY}`, 'content-type': 'application/json' },
    connection: 'close',
  };
  const note = async () => {
    const body = JSON.stringify({ text: 'A note.' });
    const path = `/v1/planning-years/${id}/notes`;
    return (await fetch(address + path, { method: 'POST', headers, body })).status;
  };
  const read = async (path: string) => {
    const reply = await fetch(address + path, { headers });
    return { status: reply.status, body: await reply.text() };
  };
  const headSeq = async () =>
    (await db.selectFrom('planningYears').select('headSeq').executeTakeFirstOrThrow()).headSeq;

  expect(await note()).toBe(201);
  expect((await read('/readyz')).status).toBe(200);
  const before = await headSeq();

  server.kill('SIGWINCH');
  await until(async () => (await note()) === 503);
  const ready = await read('/readyz');
  expect(ready.status).toBe(503);
  expect(ready.body).toMatch(/jumped ahead by 4\d{4} minutes/);
  // A date that brings something to every year has passed by that clock.
  expect((await read(`/v1/planning-years/${id}`)).status).toBe(200);
  expect((await read('/v1/planning-years')).status).toBe(200);
  expect(await headSeq()).toBe(before);
  expect(log).toContain('"alarm":"clock"');

  server.kill('SIGWINCH');
  await until(async () => (await note()) === 201);
  expect((await read('/readyz')).status).toBe(200);
  const entries = await db.selectFrom('logEntries').select('recordedAt').orderBy('seq').execute();
  for (const { recordedAt } of entries) expect(recordedAt.toISOString()).toMatch(/^2027-01-10T18:/);

  server.kill('SIGTERM');
  await once(server, 'exit');
  await drop();
  await rm(dataDir, { recursive: true, force: true });
});
