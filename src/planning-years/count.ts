import { sql } from 'kysely';
import type { Trx } from '../context.ts';

/**
 * Counts planning years, with their states and tasks, where they stand now: the counts are kept by
 * place and calendar, so whatever moves leaves one and comes to another.
 */
export async function count(trx: Trx, ids: readonly string[], times: 1 | -1): Promise<void> {
  await sql`
    insert into count_deltas (program, year, district_code, county, calendar_version, counts)
    select c.program, c.year, c.district_code, c.county, c.calendar_version,
      (select jsonb_object_agg(key, value::int * ${times}::int) from jsonb_each_text(c.counts))
    from counts_of(${ids}::uuid[]) c`.execute(trx);
}
