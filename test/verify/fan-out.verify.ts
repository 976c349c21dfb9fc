import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { bootstrap } from '../../src/http/authenticate.ts';
import { startWideAct } from '../../src/jobs/wide-act.ts';
import { rebuild } from '../../src/planning-years/rebuild.ts';
import { readLog } from '../../src/planning-years/store.ts';
import { loadPrograms } from '../../src/programs/load.ts';
import { createQueue } from '../../src/queue/pg-boss.ts';
import { createTestDatabase } from '../support/database.ts';
import { openTestYears } from '../support/years.ts';

const ROOT = join(import.meta.dirname, '../..');
const SCHOOLS = 1_000;
const KILLS = 5;

test('a fan-out over 1,000 schools, killed five times, ends exact', async () => {
  const log = pino({ level: 'silent' });
  const { db, url, drop } = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'fan-out-'));
  const programs = await loadPrograms();
  const clock = { now: () => new Date() };
  const queue = await createQueue({ url, log });
  const ids = await openTestYears({ db, programs, clock }, SCHOOLS);
  const command = { kind: 'event' as const, type: 'planningGrant.allocationsReleased' };
  const act = { kind: 'event', program: 'isbe-comprehensive', year: '2026-27', command };
  const ctx = { db, programs, clock, queue };
  const { id } = await db.transaction().execute((trx) => startWideAct(ctx, trx, act, bootstrap));

  const worker = () =>
    spawn(process.execPath, [join(ROOT, 'src/worker.ts')], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, DATABASE_URL: url, DATA_DIR: dataDir, DEMO: '0' },
      stdio: 'ignore',
    });
  const done = async () => {
    const { count } = await db
      .selectFrom('jobItems')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('jobId', '=', id)
      .where('status', '!=', 'waiting')
      .executeTakeFirstOrThrow();
    return Number(count);
  };

  const kills: number[] = [];
  let child: ChildProcess = worker();
  while (kills.length < KILLS) {
    // Kill in the midst of the work, each time a good piece further on.
    const from = await done();
    while ((await done()) < Math.min(from + 120, SCHOOLS - 50)) await sleep(20);
    child.kill('SIGKILL');
    await once(child, 'exit');
    kills.push(await done());
    // What nobody has touched for a minute is taken up again; the minute itself is not what is tried.
    await db
      .updateTable('jobs')
      .set({ touchedAt: new Date(Date.now() - 120_000) })
      .where('id', '=', id)
      .execute();
    child = worker();
  }
  while ((await done()) < SCHOOLS) await sleep(100);
  child.kill('SIGTERM');
  await once(child, 'exit');

  let exact = 0;
  for (const year of ids) {
    const log = await readLog(db, year);
    if (log.filter(({ type }) => type === command.type).length === 1 && log.length === 2)
      exact += 1;
  }
  expect(exact).toBe(SCHOOLS);
  const result = await rebuild({ db, programs, clock });
  expect([result.differences, result.broken]).toEqual([[], []]);
  process.stdout.write(`fan-out: killed at ${kills.join(', ')} of ${SCHOOLS}; ${exact} exact\n`);
  await queue.stop();
  await drop();
  await rm(dataDir, { recursive: true, force: true });
});
