import { sql } from 'kysely';
import type { DbOrTrx } from '../context.ts';
import { byPlace, type Counted, everywhere, summed } from './counts.ts';

/**
 * The kept counts of a program's year with what waits to be summed up, as of one moment.
 *
 * @param level `everywhere`: all keys; `places`: for each district's part in each county
 * @returns the rows, and how many differences were waiting
 */
export async function readCounts(
  db: DbOrTrx,
  program: string,
  year: string,
  level: 'everywhere' | 'places',
): Promise<{ rows: Counted[]; waiting: number }> {
  const district = level === 'everywhere' ? sql`district_code = ''` : sql`district_code <> ''`;
  const { rows } = await sql<Counted & { waits: boolean }>`
    select program, year, district_code, county, calendar_version, counts, false as waits
    from kept_counts where program = ${program} and year = ${year} and ${district}
    union all
    select program, year, district_code, county, calendar_version, counts, true
    from count_deltas where program = ${program} and year = ${year}`.execute(db);
  const [kept, waiting] = [rows.filter(({ waits }) => !waits), rows.filter(({ waits }) => waits)];
  if (waiting.length === 0) return { rows: kept, waiting: 0 };
  const more = level === 'everywhere' ? everywhere(waiting) : byPlace(waiting);
  return { rows: summed([...kept, ...more]), waiting: waiting.length };
}

/** Planning years counted one by one, for each of some groups of them. */
export async function countGroups(
  db: DbOrTrx,
  groups: { key: string; ids: string[] }[],
): Promise<(Counted & { key: string })[]> {
  const { rows } = await sql<Counted & { key: string }>`
    select g.key, c.* from jsonb_to_recordset(${JSON.stringify(groups)}::jsonb) as g (key text, ids uuid[]),
      counts_of(g.ids) c`.execute(db);
  return rows;
}
