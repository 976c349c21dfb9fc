import { sql } from 'kysely';
import type { Context, DbOrTrx } from '../context.ts';
import { modelOf } from '../planning-years/models.ts';
import type { LogEntry } from '../planning-years/state.ts';
import { findYear, findYears, type YearRow } from '../planning-years/store.ts';
import type { Plans } from './foresight.ts';
import { type SchoolYear, takeUpAgain } from './school-year.ts';

/** Reads the years anew that time, or the background, has moved; what was taken back is taken up again. */
export async function catchUp(
  { db, programs }: Context,
  plans: Plans,
  years: readonly SchoolYear[],
  today: string,
): Promise<void> {
  const heads = await db.selectFrom('planningYears').select(['id', 'headSeq']).execute();
  const headOf = new Map(heads.map(({ id, headSeq }) => [id, headSeq]));
  const moved = years.filter(({ year: { row } }) => headOf.get(row.id) !== row.headSeq);
  if (moved.length === 0) return;
  const rows = await findYears(
    db,
    moved.map(({ year }) => year.row.id),
  );
  const entries = await entriesSince(
    db,
    moved.map(({ year }) => year.row),
  );
  for (const following of moved) {
    const row = rows.get(following.year.row.id)!;
    following.year = { row, model: await modelOf(programs, db, row) };
    for (const entry of entries.get(row.id) ?? []) takeUpAgain(plans, following, entry, today);
  }
}

/** One year as it is stored. */
export async function reread({ db, programs }: Context, id: string): Promise<SchoolYear['year']> {
  const row = (await findYear(db, id))!;
  return { row, model: await modelOf(programs, db, row) };
}

/** What has been added to the log of a year since it was read. */
export const entriesAfter = async (db: DbOrTrx, read: YearRow): Promise<LogEntry[]> =>
  (await entriesSince(db, [read])).get(read.id) ?? [];

/** The same for many, by id. */
async function entriesSince(
  db: DbOrTrx,
  read: readonly YearRow[],
): Promise<Map<string, LogEntry[]>> {
  const { rows } = await sql<{ id: string; entry: string }>`
    select l.planning_year_id as id, l.entry
    from unnest(${read.map(({ id }) => id)}::uuid[], ${read.map(({ headSeq }) => headSeq)}::int[])
      as r (id, head_seq)
    join log_entries l on l.planning_year_id = r.id and l.seq > r.head_seq
    order by l.planning_year_id, l.seq`.execute(db);
  const entries = new Map<string, LogEntry[]>();
  for (const { id, entry } of rows)
    entries.set(id, [...(entries.get(id) ?? []), JSON.parse(entry) as LogEntry]);
  return entries;
}
