import { sql } from 'kysely';
import type { Trx } from '../context.ts';
import { byPlace, type Counted, everywhere, placeOf, summed } from './counts.ts';
import { foldAll, keep } from './fold.ts';

/**
 * Counts planning years, states and tasks anew, and puts that in the place of what is kept. Others
 * may go on writing: what they add meanwhile waits beside, as always.
 *
 * @returns the places whose numbers were wrong, and one of the keys
 */
export async function rebuildCounts(trx: Trx): Promise<string[]> {
  await sql`set local statement_timeout = 0`.execute(trx);
  await foldAll(trx);
  const { rows: kept } = await sql<Counted>`delete from kept_counts returning *`.execute(trx);
  // One statement sees one moment: what it deletes is in what it counts, what comes later is not.
  const { rows } = await sql<Counted & { late: boolean }>`
    with gone as (delete from count_deltas returning *)
    select program, year, district_code, county, calendar_version, counts, false as late
    from counts_of(array(select id from planning_years))
    union all
    select program, year, district_code, county, calendar_version, counts, true from gone`.execute(
    trx,
  );
  const levels = (late: boolean) => {
    const some = rows.filter((row) => row.late === late);
    return [...everywhere(some), ...byPlace(some)];
  };
  const counted = levels(false);
  await keep(trx, counted);
  return differences(summed([...kept, ...levels(true)]), counted);
}

function differences(was: Counted[], is: Counted[]): string[] {
  const [before, after] = [byName(was), byName(is)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((place) => {
    const [a, b] = [before.get(place) ?? {}, after.get(place) ?? {}];
    const key = Object.keys({ ...a, ...b }).find((each) => (a[each] ?? 0) !== (b[each] ?? 0));
    return key === undefined ? [] : [`${place} ${key}: ${a[key] ?? 0} instead of ${b[key] ?? 0}`];
  });
}

const byName = (rows: Counted[]) => new Map(rows.map((row) => [placeOf(row), row.counts]));
