import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import type { TestDatabase } from '../../support/database.ts';
import { until } from '../../support/until.ts';
import { changeOn, plusDays, type RowsYear } from './rows-year.ts';

const SCHEDULER = join(import.meta.dirname, 'scheduler.ts');

/**
 * Plays a year with three schedulers in processes of their own, of which `kills` are killed while
 * they work; another takes the place of each.
 */
export async function playRows(
  { db, url }: TestDatabase,
  year: RowsYear,
  kills: number,
  random: () => number,
): Promise<{ killed: number }> {
  await sql`create table played_clock (now timestamptz not null)`.execute(db);
  await sql`insert into played_clock values ('2026-10-14T12:00:00Z')`.execute(db);
  const start = () =>
    spawn(process.execPath, [SCHEDULER, url], { stdio: ['ignore', 'ignore', 'inherit'] });
  const schedulers: ChildProcess[] = [start(), start(), start()];
  let killed = 0;
  const kill = async () => {
    await setTimeout(random() * 60);
    const at = Math.floor(random() * schedulers.length);
    schedulers[at]!.kill('SIGKILL');
    schedulers[at] = start();
    killed += 1;
  };
  try {
    for (let at = 0; at < year.days; at++) {
      const day = plusDays(year.first, at);
      // Five past midnight in Chicago, in winter.
      await sql`update played_clock set now = ${`${day}T06:05:00Z`}`.execute(db);
      const due = Math.floor(((at + 1) * kills) / year.days) - killed;
      for (let count = 0; count < due; count++) await kill();
      await scanned(db, sql`through >= ${day}::date`);
      const xid = await changeOn(db, year, day);
      await scanned(db, sql`seen > ${xid}::xid8`);
    }
  } finally {
    for (const scheduler of schedulers) scheduler.kill('SIGKILL');
  }
  return { killed };
}

/** Waits until some scheduler has ended such a scan. */
const scanned = (db: TestDatabase['db'], done: ReturnType<typeof sql>): Promise<void> =>
  until(async () => {
    const { rows } = await sql`select from reminder_scans where ${done}`.execute(db);
    return rows.length > 0;
  });
