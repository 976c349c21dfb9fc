import { sql } from 'kysely';
import type { Trx } from '../context.ts';
import { firstBreak } from '../planning-years/chain.ts';
import { plain } from './catalog.ts';
import { BrokenBackupError } from './errors.ts';
import type { Head, Trailer } from './format.ts';

/**
 * Holds every table to its count, every planning year to the head that the backup names, and every
 * log to its chain.
 *
 * @returns the number of planning years and of log entries
 * @throws BrokenBackupError
 */
export async function verify(
  trx: Trx,
  { rows, heads }: Trailer,
): Promise<{ planningYears: number; entries: number }> {
  for (const [table, expected] of Object.entries(rows)) {
    const { rows: counted } = await sql<{ count: number }>`
      select count(*)::int as count from ${sql.table(table)}`.execute(plain(trx));
    if (counted[0]?.count !== expected)
      throw new BrokenBackupError(
        `${table} has ${counted[0]?.count} rows, and its trailer names ${expected}`,
      );
  }
  let entries = 0;
  for (let from = 0; from < heads.length; from += STEP)
    entries += await verifyChains(trx, heads.slice(from, from + STEP));
  if (rows.planning_years !== heads.length)
    throw new BrokenBackupError('its trailer names the heads of some planning years only');
  return { planningYears: heads.length, entries };
}

// A log is some 200 kB: one step stays at some tens of megabytes.
const STEP = 100;

async function verifyChains(trx: Trx, heads: Head[]): Promise<number> {
  const ids = heads.map(([id]) => id);
  const years = await trx
    .selectFrom('planningYears')
    .select(['id', 'headSeq', 'headHash'])
    .where('id', 'in', ids)
    .execute();
  const byId = new Map(years.map((year) => [year.id, year]));
  const rows = await trx
    .selectFrom('logEntries')
    .select(['planningYearId', 'seq', 'entry', 'hash'])
    .where('planningYearId', 'in', ids)
    .orderBy('planningYearId')
    .orderBy('seq')
    .execute();
  const logs = Map.groupBy(rows, (row) => row.planningYearId);
  for (const [id, seq, hash] of heads) {
    const year = byId.get(id);
    if (year?.headSeq !== seq || year.headHash.toString('hex') !== hash)
      throw new BrokenBackupError(`the planning year ${id} ends otherwise than its trailer says`);
    const broken = firstBreak(logs.get(id) ?? [], { seq, hash: year.headHash });
    if (broken) throw new BrokenBackupError(`the log of the planning year ${id}: ${broken}`);
  }
  return rows.length;
}
