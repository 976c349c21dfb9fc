import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { silentProxy } from '../db/support/silent-proxy.ts';
import { BOOTSTRAP_KEY } from '../support/app.ts';
import { createTestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

const ROOT = join(import.meta.dirname, '../..');
const SILENCE_MS = 40_000;
/** What no request may stay open beyond. */
const BOUND_MS = 30_000;
const RECOVERY_MS = 15_000;

interface Asked {
  begun: number;
  ended: number;
  status: number;
}

test('after its database has been silent for 40 s, a server writes again within 15 s', async () => {
  const { url, drop } = await createTestDatabase();
  const proxy = await silentProxy(url);
  const dataDir = await mkdtemp(join(tmpdir(), 'silent-host-'));
  const server = spawn(process.execPath, [join(ROOT, 'src/server.ts'), '--with-worker'], {
    cwd: ROOT,
    env: {
      ...{ PATH: process.env.PATH, DATABASE_URL: proxy.url, DATA_DIR: dataDir, DEMO: '0' },
      ...{ PORT: '0', BOOTSTRAP_KEY },
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let out = '';
  server.stdout.on('data', (text) => {
    out += text;
  });
  await until(() => out.includes(' is up.\n'));
  const address = /Address +(\S+)/.exec(out)![1]!;

  const asked: Asked[] = [];
  const open = new Set<Promise<void>>();
  let [count, isAsking] = [0, true];
  const ask = async (): Promise<void> => {
    count += 1;
    const begun = performance.now();
    const one: Asked = { begun, ended: Number.POSITIVE_INFINITY, status: 0 };
    asked.push(one);
    const reply = await fetch(`${address}/v1/people`, {
      method: 'POST',
      headers: { authorization: `Bearer ${BOOTSTRAP_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: `Person ${count}`, email: `p${count}@example.org` }),
    }).catch(() => null);
    one.ended = performance.now();
    one.status = reply?.status ?? 0;
    await reply?.text();
  };
  const asking = (async () => {
    for (; isAsking; await sleep(200)) {
      const one = ask().finally(() => open.delete(one));
      open.add(one);
    }
  })();

  await sleep(3_000);
  proxy.silence(true);
  await sleep(SILENCE_MS);
  const ready = await fetch(`${address}/readyz`).then(({ status }) => status);
  const back = performance.now();
  proxy.silence(false);
  await sleep(RECOVERY_MS + 5_000);
  isAsking = false;
  await asking;
  await Promise.all(open);

  const isWritten = ({ status }: Asked) => status === 201;
  const recovered = Math.min(
    ...asked.filter((one) => isWritten(one) && one.ended > back).map(({ ended }) => ended),
  );
  const longest = Math.max(...asked.map(({ begun, ended }) => ended - begun));
  const late = asked.filter((one) => one.begun > back + RECOVERY_MS && !isWritten(one));
  process.stdout.write(
    `silent-host: ${asked.length} writes, written again ${Math.round(recovered - back)} ms after the address answered, longest request ${Math.round(longest)} ms, /readyz ${ready}\n`,
  );
  expect(ready).toBe(503);
  expect(recovered - back).toBeLessThan(RECOVERY_MS);
  expect(longest).toBeLessThan(BOUND_MS);
  expect(late).toEqual([]);
  expect(asked.filter(({ status }) => ![201, 503].includes(status))).toEqual([]);

  server.kill('SIGTERM');
  await once(server, 'exit');
  await proxy.close();
  await drop();
  await rm(dataDir, { recursive: true, force: true });
});
