import { type RawBuilder, sql } from 'kysely';
import { newIds } from '../db/new-ids.ts';
import { coachesOf, type Day, type Years } from './day.ts';
import { dueQuery } from './due.ts';
import { withHolders } from './holders.ts';
import type { Occasions } from './occasions.ts';
import { refusedQuery } from './refused.ts';

/** The rule of the rows that tell a coordinator whose mail would reach nobody. */
export const NO_RECIPIENT = 'noRecipient';

/**
 * Writes into the ledger, in one statement, what is due and not there yet: a row for each person who
 * holds the role, or one that is held while nobody does, and then one for each coach who is to hear of
 * that, once for each day that brought something to hold; and one for each person who is to mend an address
 * that refuses mail. What is there already stays as it is.
 *
 * Rows are written in the order of the unique key: two processes wait for each other and never in a
 * circle.
 *
 * @param held years of which what is held already is to be told, too: their coaches may have changed
 * @returns how many rows were really written
 */
export async function recordDue(
  day: Day,
  occasions: Occasions,
  years: Years,
  held: readonly string[] = [],
): Promise<number> {
  const { reminders, planningYears } = day.tables;
  const { rows } = await sql<{ written: number }>`
    with due as materialized (${dueQuery(day, occasions, years)}),
    told as materialized (${withHolders(day, sql`due`)}),
    nobody as materialized (
      select d.* from due d
      where not exists (select from told p where p.year = d.year and p.role = d.role)
    ),
    unheard as (
      select d.* from nobody d
      where (
        select count(*) from ${reminders} r
        where r.planning_year_id = d.year and r.role = d.role and r.occasion = d.occasion
          and r.task_id is not distinct from d.task
          and (r.status <> 'dropped' or r.person_id is null)) = 0
    ),
    scheduled as (${insert(day, sql`told`, 'person_id')}),
    silent as (${insert(day, sql`unheard`, null)}),
    roles as (
      select year, role, max(since) as since
      from (
        select planning_year_id as year, role, ${day.today}::date as since from silent
        union all
        select planning_year_id, role, due_on from ${reminders}
        where status = 'held' and person_id is null and planning_year_id = any(${held}::uuid[])
      ) s
      group by year, role
    ),
    gaps as (
      select r.year, null::uuid as task, r.role, ${NO_RECIPIENT}::text as rule,
        ${NO_RECIPIENT}::text || ':' || r.since as occasion, 'digest' as delivery,
        y.organization_kind, y.organization_code, y.district_code
      from roles r
      join ${planningYears} y on y.id = r.year and y.program = ${day.pack.program.id}
    ),
    coaches as (${withHolders(day, sql`gaps`, sql`any(${coachesOf(day.pack)}::text[])`)}),
    warned as (${insert(day, sql`coaches`, 'person_id')})${mending(day, occasions, years)}
    select (select count(*) from scheduled) + (select count(*) from silent)
      + (select count(*) from warned) + ${
        occasions.addresses.length > 0 ? sql`(select count(*) from asked)` : sql`0`
      } as written`.execute(day.trx);
  return Number(rows[0]!.written);
}

const mending = (day: Day, occasions: Occasions, years: Years) =>
  occasions.addresses.length > 0
    ? sql`,
    asked as (${insert(day, sql`(${refusedQuery(day, occasions, years)}) r`, 'person_id')})`
    : sql``;

/** Without a person the rows are held. */
const insert = (
  { tables, today, now }: Day,
  from: RawBuilder<unknown>,
  person: 'person_id' | null,
) => sql`
  insert into ${tables.reminders} (id, planning_year_id, task_id, role, person_id, rule, occasion,
    due_on, delivery, status, reason, created_at)
  select ${newIds(now)}, year, task, role, ${person ? sql.ref(person) : sql`null::uuid`}, rule,
    occasion, ${today}::date, delivery, ${person ? 'scheduled' : 'held'},
    ${person ? null : NO_RECIPIENT}, ${now}
  from ${from}
  order by year, role, occasion, task${person ? sql`, person_id` : sql``}
  on conflict do nothing
  returning planning_year_id, role`;
