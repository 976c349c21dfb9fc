import { sql } from 'kysely';
import type { Context, DbOrTrx } from '../context.ts';
import { modelOf } from '../planning-years/models.ts';
import type { LogEntry } from '../planning-years/state.ts';
import { findYear, type YearRow } from '../planning-years/store.ts';
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
  const rows = await rowsOf(db, moved);
  for (const following of moved) {
    const { id, headSeq } = following.year.row;
    const row = rows.get(id)!;
    following.year = { row, model: await modelOf(programs, db, row) };
    for (const entry of await entriesAfter(db, id, headSeq))
      takeUpAgain(plans, following, entry, today);
  }
}

/** One year as it is stored. */
export async function reread({ db, programs }: Context, id: string): Promise<SchoolYear['year']> {
  const row = (await findYear(db, id))!;
  return { row, model: await modelOf(programs, db, row) };
}

/** The log of a year from after an entry on. */
export async function entriesAfter(db: DbOrTrx, id: string, seq: number): Promise<LogEntry[]> {
  const { rows } = await sql<{ entry: string }>`
    select entry from log_entries where planning_year_id = ${id} and seq > ${seq} order by seq`.execute(
    db,
  );
  return rows.map(({ entry }) => JSON.parse(entry) as LogEntry);
}

async function rowsOf(db: DbOrTrx, moved: readonly SchoolYear[]): Promise<Map<string, YearRow>> {
  const ids = moved.map(({ year }) => year.row.id);
  const rows = await db
    .selectFrom('planningYears')
    .selectAll()
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .execute();
  return new Map(rows.map((row) => [row.id, row as YearRow]));
}
