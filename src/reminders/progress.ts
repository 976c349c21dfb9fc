import { sql } from 'kysely';
import type { Pack } from '../../calendar/shape.ts';
import type { Trx } from '../context.ts';
import type { Years } from './day.ts';
import { addDays } from './days.ts';

/** How far a program's reminders have been gone through, and what this scan has to look at. */
export interface Progress {
  /** Every year was gone through for this date; null: never, or by other rules. */
  through: string | null;
  /** The date that this scan is for. */
  today: string;
  /** The years that have changed since, or whose people have. */
  touched: Years;
  /** To be kept when this scan is done. */
  seen: string;
  /** A clock was days ahead when the ledger was gone through last: what it did too early is undone. */
  wasAhead: boolean;
}

/**
 * Takes the program's scan for this transaction.
 *
 * The ledger's date goes on and never back: a process whose clock shows the evening before, while
 * another's has reached the new day, works for the new day. A clock that was days ahead and has been
 * put right is believed, and nothing that was told early is told again; the days in between are gone
 * through as they come.
 *
 * @returns null while another process is at it
 */
export async function takeScan(trx: Trx, pack: Pack, date: string): Promise<Progress | null> {
  const program = pack.program.id;
  const { rows } = await sql<{ free: boolean; seen: string }>`
    select pg_try_advisory_xact_lock(${LOCK}, hashtext(${program})) as free,
      pg_snapshot_xmin(pg_current_snapshot())::text as seen`.execute(trx);
  const { free, seen } = rows[0]!;
  if (!free) return null;
  const last = await sql<{ through: string; seen: string }>`
    select through, seen::text from reminder_scans
    where program = ${program} and rules = ${rulesOf(pack)} and seen <= ${seen}::xid8`.execute(trx);
  const mark = last.rows[0];
  if (!mark || mark.through === '-infinity')
    return { through: null, today: date, touched: null, seen, wasAhead: false };
  if (mark.through > addDays(date, 1))
    return { through: null, today: date, touched: null, seen, wasAhead: true };
  const today = mark.through === addDays(date, 1) ? mark.through : date;
  const touched = await touchedSince(trx, program, mark, today);
  return { through: mark.through, today, touched, seen, wasAhead: false };
}

/** An arbitrary number that nothing else locks. */
const LOCK = 1_026_100_108;

/** Notes that everything has been gone through. */
export async function endScan(
  trx: Trx,
  pack: Pack,
  { today, seen, wasAhead }: Progress,
): Promise<void> {
  await sql`
    insert into reminder_scans (program, rules, through, seen)
    values (${pack.program.id}, ${rulesOf(pack)}, ${today}, ${seen}::xid8)
    on conflict (program) do update set rules = excluded.rules, seen = excluded.seen,
      through = case when reminder_scans.rules = excluded.rules and not ${wasAhead}::boolean
        then greatest(reminder_scans.through, excluded.through) else excluded.through end`.execute(
    trx,
  );
}

/** All that occasions follow from: with other rules every year has others. */
const rulesOf = ({ reminders, holidays, program, months }: Pack): string =>
  JSON.stringify([
    reminders.rules,
    reminders.mailDays,
    holidays,
    program.roles.map(({ id, kind }) => [id, kind]),
    reminders.rules.some((rule) => 'tasks' in rule)
      ? months.flatMap(({ activities }) =>
          activities.flatMap(({ tasks }) => tasks.map(({ id, raises }) => [id, raises])),
        )
      : [],
  ]);

/**
 * The years of a program that have changed since, or whose people have; null: everything may have.
 *
 * Transactions end in another order than they begin: what one has changed that was at work when `seen`
 * was read is looked at again. Changed have also those of people whose first day has come, or whose
 * last is over.
 */
async function touchedSince(
  trx: Trx,
  program: string,
  { through, seen }: { through: string; seen: string },
  today: string,
): Promise<Years> {
  const { rows } = await sql<{ id: string; state: boolean }>`
    with moved as (
      select organization_kind as kind, organization_code as code from assignments
      where program = ${program} and changed_in >= ${seen}::xid8
      union
      select organization_kind, organization_code from held_roles
      where program = ${program} and from_on > ${through}::date and from_on <= ${today}::date
      union
      select organization_kind, organization_code from held_roles
      where program = ${program} and to_on >= ${through}::date and to_on < ${today}::date
      union
      select a.organization_kind, a.organization_code
      from people p join held_roles a on a.person_id = p.id and a.program = ${program}
      where p.address_changed_in >= ${seen}::xid8
    )
    select id, false as state from planning_years
    where program = ${program} and changed_in >= ${seen}::xid8
    union
    select y.id, false from moved join planning_years y on y.organization_code = moved.code
    where y.program = ${program} and y.organization_kind = moved.kind
    union
    select y.id, false from moved join planning_years y on y.district_code = moved.code
    where y.program = ${program} and moved.kind = 'district'
    union
    select c.planning_year_id, false from moved join contracts c on c.vendor_code = moved.code
    where moved.kind = 'vendor'
    union
    select c.planning_year_id, false from contracts c
    join planning_years y on y.id = c.planning_year_id
    where y.program = ${program} and c.changed_in >= ${seen}::xid8
    union
    select null, true from moved where kind = 'state'`.execute(trx);
  return rows.some(({ state }) => state) ? null : rows.map(({ id }) => id);
}
