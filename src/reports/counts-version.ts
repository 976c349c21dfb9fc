import type { FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { type Lookup, lookUp } from '../db/gathered.ts';
import { todayOf } from '../programs/today.ts';
import { yearUnderWay } from '../programs/year-under-way.ts';
import { summaryQuery } from './schemas.ts';

/**
 * The version of the counts that a summary by region or month is made from: of the rows that are
 * kept, and how many differences wait beside them. These only grow in number until they are summed
 * up, which writes the rows anew. Other groupings name places and people, which change by themselves.
 */
export async function countsVersion(
  { db, programs, clock }: Context,
  { query }: Pick<FastifyRequest, 'query'>,
): Promise<string | undefined> {
  // What is no question gets its refusal later.
  const asked = summaryQuery.safeParse(query).data;
  if (asked?.groupBy !== 'region' && asked?.groupBy !== 'month') return undefined;
  const { program, year } = asked;
  const mine = programs.all.filter(({ id }) => program === undefined || program === id);
  const versions = mine.map(({ id, pack }) => {
    const today = todayOf(programs, id, clock.now());
    return lookUp(db, versionOfCounts, `${id} ${year ?? yearUnderWay(pack.program, today)}`);
  });
  return versions.length === 0 ? undefined : (await Promise.all(versions)).join();
}

const versionOfCounts: Lookup<string> = {
  names: 'text[]',
  text: `
    select n as name, to_json(concat_ws(' ',
      (select string_agg(k.xmin::text, '.' order by k.calendar_version) from kept_counts k
        where k.program = split_part(n, ' ', 1) and k.year = split_part(n, ' ', 2)
          and k.district_code = ''),
      (select count(*) from count_deltas d
        where d.program = split_part(n, ' ', 1) and d.year = split_part(n, ' ', 2)))) as found
    from unnest(@names) n`,
};
