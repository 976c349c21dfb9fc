import { sql } from 'kysely';
import type { Trx } from '../context.ts';

/**
 * When each region's present state was recorded, as the logs tell it: the entry that moved it last,
 * or the opening.
 *
 * @param dateOf the local date of an instant
 */
export async function recordedOn(
  trx: Trx,
  years: { id: string }[],
  dateOf: (at: Date) => string,
): Promise<(id: string, region: string) => string> {
  const ids = years.map(({ id }) => id);
  // Most entries move nothing: their text shows it without being taken apart.
  const { rows } = await sql<{ id: string; region: string; at: Date }>`
    select e.planning_year_id as id, '' as region, e.recorded_at as at
    from log_entries e where e.planning_year_id = any(${ids}::uuid[]) and e.seq = 1
    union all
    (select distinct on (e.planning_year_id, moved.region)
      e.planning_year_id, moved.region, e.recorded_at
    from log_entries e, each_of(json_from(e.entry) -> 'changes') as moved (region)
    where e.planning_year_id = any(${ids}::uuid[]) and e.entry not like '%"changes":{}%'
    order by e.planning_year_id, moved.region, e.seq desc)`.execute(trx);
  const instants = new Map(rows.map(({ id, region, at }) => [`${id} ${region}`, at]));
  return (id, region) => {
    const at = instants.get(`${id} ${region}`) ?? instants.get(`${id} `);
    if (!at) throw new Error(`The log of the planning year ${id} has no opening.`);
    return dateOf(at);
  };
}
