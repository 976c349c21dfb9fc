import { sql } from 'kysely';
import type { Db, Trx } from '../context.ts';
import { byPlace, type Counted, everywhere, summed } from './counts.ts';

/**
 * Sums up what the counts have changed by, so that readers find little left to add. One process does
 * it at a time, any other passes; whatever happens, a difference is either waiting or summed up.
 *
 * @returns how many differences were summed up
 */
export async function foldCounts(db: Db): Promise<number> {
  for (let folded = 0; ; ) {
    const batch = await db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ mine: boolean }>`
        select pg_try_advisory_xact_lock(hashtext(${LOCK})) as mine`.execute(trx);
      return rows[0]?.mine ? foldBatch(trx) : 0;
    });
    folded += batch;
    if (batch < BATCH) return folded;
  }
}

/** The same within a transaction: waits for its turn, and takes all that there is. */
export async function foldAll(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext(${LOCK}))`.execute(trx);
  while ((await foldBatch(trx)) === BATCH);
}

const LOCK = 'planning-year counts';
const BATCH = 5_000;

async function foldBatch(trx: Trx): Promise<number> {
  const { rows } = await sql<Counted>`
    delete from count_deltas d
    using (select program, year, id from count_deltas order by id limit ${BATCH}) first
    where (d.program, d.year, d.id) = (first.program, first.year, first.id)
    returning d.program, d.year, d.district_code, d.county, d.calendar_version, d.counts`.execute(
    trx,
  );
  if (rows.length > 0) await keep(trx, [...everywhere(rows), ...byPlace(rows)]);
  return rows.length;
}

/** Adds to what is kept. The caller has had its turn. */
export async function keep(trx: Trx, more: Counted[]): Promise<void> {
  const { rows: kept } = await sql<Counted>`
    select k.* from kept_counts k join ${table(more)} using (${PLACE})`.execute(trx);
  const sums = summed([...kept, ...more]);
  const [none, some] = partition(sums, ({ counts }) => Object.keys(counts).length === 0);
  await sql`
    insert into kept_counts (${PLACE}, counts)
    select ${PLACE}, counts from ${table(some)} order by ${PLACE}
    on conflict (${PLACE}) do update set counts = excluded.counts`.execute(trx);
  if (none.length > 0)
    await sql`
      delete from kept_counts where (${PLACE}) in (select ${PLACE} from ${table(none)})`.execute(
      trx,
    );
}

const PLACE = sql.raw('program, year, district_code, county, calendar_version');

const table = (rows: Counted[]) => sql`jsonb_to_recordset(${JSON.stringify(
  rows.map(({ districtCode, calendarVersion, ...rest }) => ({
    ...rest,
    district_code: districtCode,
    calendar_version: calendarVersion,
  })),
)}::jsonb) as e (program text, year text, district_code text, county text,
  calendar_version text, counts jsonb)`;

function partition<T>(all: T[], holds: (one: T) => boolean): [yes: T[], no: T[]] {
  const { true: yes = [], false: no = [] } = Object.groupBy(all, (one) => `${holds(one)}`);
  return [yes, no];
}
