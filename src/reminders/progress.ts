import { sql } from 'kysely';
import type { Pack } from '../../calendar/shape.ts';
import type { Trx } from '../context.ts';

/** How far a program's reminders have been gone through. */
export interface Progress {
  /** Every year was gone through for this date; null: never, or by other rules. */
  through: string | null;
  /** The years that have changed since, or whose people have. */
  touched: string[];
  /** To be kept when this scan is done. */
  seen: string;
}

/**
 * Takes the scan of reminders for this transaction.
 * @returns null while another process is at it
 */
export async function takeScan(trx: Trx, pack: Pack, today: string): Promise<Progress | null> {
  const program = pack.program.id;
  const { rows } = await sql<{ free: boolean; seen: string }>`
    select pg_try_advisory_xact_lock(${LOCK}) as free,
      pg_snapshot_xmin(pg_current_snapshot())::text as seen`.execute(trx);
  const { free, seen } = rows[0]!;
  if (!free) return null;
  const mark = await sql<{ through: string; seen: string }>`
    select through, seen::text from reminder_scans
    where program = ${program} and rules = ${rulesOf(pack)} and through <= ${today}::date
      and seen <= ${seen}::xid8`.execute(trx);
  const last = mark.rows[0];
  if (!last) return { through: null, touched: [], seen };
  return { through: last.through, touched: await touchedSince(trx, program, last, today), seen };
}

/** An arbitrary number that nothing else locks. One for all programs: they share people's digests. */
const LOCK = 2_026_100_108;

/** Notes that everything has been gone through. */
export async function endScan(trx: Trx, pack: Pack, today: string, seen: string): Promise<void> {
  await sql`
    insert into reminder_scans (program, rules, through, seen)
    values (${pack.program.id}, ${rulesOf(pack)}, ${today}, ${seen}::xid8)
    on conflict (program) do update set rules = excluded.rules, through = excluded.through,
      seen = excluded.seen`.execute(trx);
}

/** Other rules bring other occasions, to every year. */
const rulesOf = ({ reminders }: Pack): string => JSON.stringify(reminders.rules);

/**
 * Transactions end in another order than they begin: what one has changed that was at work during the
 * last scan is looked at again.
 */
async function touchedSince(
  trx: Trx,
  program: string,
  { through, seen }: { through: string; seen: string },
  today: string,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with moved as (
      select organization_kind as kind, organization_code as code from assignments
      where program = ${program} and changed_in >= ${seen}::xid8
      ${
        through < today
          ? sql`union
      select organization_kind, organization_code from assignments
      where program = ${program} and (from_on > ${through}::date and from_on <= ${today}::date
        or to_on >= ${through}::date and to_on < ${today}::date)`
          : sql``
      }
    )
    select id from planning_years where program = ${program} and changed_in >= ${seen}::xid8
    union
    select y.id from moved join planning_years y on y.organization_code = moved.code
    where y.program = ${program} and y.organization_kind = moved.kind
    union
    select y.id from moved join planning_years y on y.district_code = moved.code
    where y.program = ${program} and moved.kind = 'district'
    union
    select y.id from planning_years y
    where y.program = ${program} and exists (select from moved where kind = 'state')`.execute(trx);
  return rows.map(({ id }) => id);
}
