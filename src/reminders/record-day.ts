import { sql } from 'kysely';
import type { Day, Years } from './day.ts';
import { aimOf } from './days.ts';
import type { TaskFacts } from './facts.ts';
import { type Occasions, occasionsOn, occasionsSince } from './occasions.ts';
import { recordDue } from './record.ts';
import { dropPassed, settleYears } from './settle.ts';

/**
 * Brings the ledger up to a day. What a new date brings is looked for in all years, by its dates
 * alone; the years that have changed, or whose people have, are looked at for everything.
 *
 * @param through the date up to which all years have been gone through; null: never
 * @param touched what has changed since; null: everything may have
 * @param unfinished such tasks of all years, where they are known: a date that reaches none of them
 *   brings nothing
 * @returns the rows that now wait for somebody or are held for nobody, and did not before
 */
export async function recordDay(
  day: Day,
  through: string | null,
  touched: Years,
  unfinished: readonly Reachable[] | null = null,
): Promise<number> {
  const { pack, today } = day;
  if (through === null || touched === null) return lookAt(day, await allYears(day));
  const changed = await lookAt(day, touched);
  if (through >= today) return changed;
  await dropPassed(day);
  const since = occasionsSince(pack, through, today);
  if (unfinished && !reachesAny(since, unfinished)) return changed;
  if (since.months.length + since.unset.length === 0)
    return changed + (await recordDue(day, since, null));
  // A month begins for everybody.
  let begun = 0;
  for (const years of slices(await allYears(day))) begun += await recordDue(day, since, years);
  return changed + begun;
}

/** What the ranges of a day ask of a task. */
export type Reachable = Pick<TaskFacts, 'kind' | 'status' | 'dueOn' | 'safeBy'>;

/** As the statement has it, and somewhat more: a month begins also for tasks without a date. */
const reachesAny = (
  { bands, months, unset, quarters }: Occasions,
  tasks: readonly Reachable[],
): boolean => {
  const within = ({ from, to }: { from: string; to: string }, date: string | null): boolean =>
    date !== null && from <= date && date <= to;
  return (
    months.length > 0 ||
    unset.length > 0 ||
    quarters.some((range) => tasks.some(({ dueOn }) => within(range, dueOn))) ||
    bands.some((band) =>
      tasks.some(
        ({ kind, status, dueOn, safeBy }) =>
          within(band, band.by === 'aim' ? aimOf({ dueOn, safeBy }) : dueOn) &&
          (status === 'open' || kind === 'deadline') &&
          band.kinds.includes(kind),
      ),
    )
  );
};

/** Where no address is to be mended, which is the usual case, nothing is asked about any. */
async function asFarAsAny({ trx }: Day, now: Occasions): Promise<Occasions> {
  if (now.addresses.length === 0) return now;
  const { rows } = await sql`select from addresses_to_mend limit 1`.execute(trx);
  return rows.length > 0 ? now : { ...now, addresses: [] };
}

/** Looks at these years for everything. */
async function lookAt(day: Day, all: readonly string[]): Promise<number> {
  if (all.length === 0) return 0;
  const now = await asFarAsAny(day, occasionsOn(day.pack, day.today));
  let rows = 0;
  for (const years of slices(all)) {
    rows += await settleYears(day, now, years);
    rows += await recordDue(day, now, years, years);
  }
  return rows;
}

/** Those that may have something due, and those for which something waits. */
async function allYears({ trx, pack, tables }: Day): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from ${tables.planningYears}
    where program = ${pack.program.id} and (status = 'active'
      or id in (select planning_year_id from ${tables.reminders} where status = 'held'))
    order by id`.execute(trx);
  return rows.map(({ id }) => id);
}

/** So many that a statement of all their rows ends well before it would be cancelled. */
const SLICE = 5_000;

const slices = (ids: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(ids.length / SLICE) }, (_, at) =>
    ids.slice(at * SLICE, (at + 1) * SLICE),
  );
