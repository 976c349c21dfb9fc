import { type RawBuilder, sql } from 'kysely';
import { todayIn } from '../../calendar/dates.ts';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { whereCan } from '../policy/where.ts';
import type { UnreachedKey, UnreachedQuery } from './unreached-schemas.ts';

export type UnreachedRow = Awaited<ReturnType<typeof listUnreached>>[number];

/**
 * Active years and roles with work to do for whom `recipientsOn` names nobody today, by organization;
 * whose address refuses mail is nobody.
 * What a role is called is told by the calendar that the year is pinned to.
 */
export async function listUnreached(
  { db, programs, clock }: Pick<Context, 'db' | 'programs' | 'clock'>,
  actor: Actor,
  query: UnreachedQuery,
  after: UnreachedKey | null,
  fetch: number,
) {
  const todays = programs.all.map(({ id, pack }) => ({
    program: id,
    today: todayIn(pack.program.zone, clock.now()),
  }));
  let rows = db
    .with(
      (cte) => cte('calendars').materialized(),
      () => calendarsOn(todays),
    )
    .selectFrom('planningYears as y')
    .innerJoin('calendars as c', (join) =>
      join.onRef('c.program', '=', 'y.program').onRef('c.version', '=', 'y.calendarVersion'),
    )
    .innerJoin('districts as d', 'd.code', 'y.districtCode')
    .leftJoin('schools as s', (join) =>
      join.onRef('s.code', '=', 'y.organizationCode').on('y.organizationKind', '=', 'school'),
    )
    .innerJoinLateral(unreachedOfYear.as('r'), (join) => join.onTrue())
    .select(['y.id', 'y.organizationKind', 'y.organizationCode', 'y.districtCode'])
    .select(['d.name as districtName', 'r.role', 'r.title as roleTitle', 'r.tasks', 'r.nextDueOn'])
    .select('r.suppressed')
    .select((eb) => eb.fn.coalesce('s.name', 'd.name').as('organizationName'))
    .where('y.status', '=', 'active')
    .where((eb) =>
      whereCan(eb, actor, 'reminders.read', {
        program: 'y.program',
        district: 'y.districtCode',
        school: 'y.organizationCode',
      }),
    )
    .orderBy('y.organizationCode')
    .orderBy('y.id')
    .orderBy('r.role')
    .limit(fetch);
  if (after !== null)
    rows = rows.where(
      sql<boolean>`(y.organization_code, y.id, r.role) > (${after.organization}, ${after.planningYear}::uuid, ${after.role})`,
    );
  if (query.program !== undefined) rows = rows.where('y.program', '=', query.program);
  if (query.district !== undefined) rows = rows.where('y.districtCode', '=', query.district);
  return rows.execute();
}

const SUPPRESSED = sql`
  select p.id from suppressions s join people p on lower(p.email) = s.address`;

/** The calendars that years may be pinned to, with the roles that nobody holds for the whole state. */
const calendarsOn = (todays: { program: string; today: string }[]) => sql<Calendar>`(
  select v.program, v.version, p.today, array_agg(r.id) as roles, array_agg(r.title) as titles
  from calendar_versions v
    join jsonb_to_recordset(${JSON.stringify(todays)}::jsonb) as p (program text, today date) using (program),
    jsonb_to_recordset(v.content -> 'program' -> 'roles') as r (id text, title text)
  where not exists (
    select from held_roles a
    where a.program = v.program and a.role = r.id and a.organization_kind = 'state'
      and a.person_id not in (${SUPPRESSED})
      and ${isOn(sql`p.today`)})
  group by v.program, v.version, p.today)`;

interface Calendar {
  program: string;
  version: string;
  today: string;
  roles: string[];
  titles: string[];
}

/** `offset 0` keeps the planner from asking who holds roles anew for each of them. */
const unreachedOfYear = sql<Unreached>`(
  select r.role, r.title, w.*,
    array(
      select o.person from unnest(held.refusing, held.people) as o (role, person)
      where o.role = r.role) as suppressed
  from (
      select coalesce(array_agg(a.role) filter (where not a.refuses), '{}') as roles,
        array_agg(a.role) filter (where a.refuses) as refusing,
        array_agg(a.person_id) filter (where a.refuses) as people
      from (
        select a.role, a.person_id, a.person_id in (${SUPPRESSED}) as refuses
        from held_roles a
        where a.program = y.program and a.organization_code in (y.organization_code, y.district_code)
          and (a.organization_kind, a.organization_code) in
            ((y.organization_kind, y.organization_code), ('district', y.district_code))
          and ${isOn(sql`c.today`)}) a
      offset 0) held,
    unnest(c.roles, c.titles) as r (role, title),
    lateral (
      select count(*) filter (where t.status = 'open')::int as tasks,
        min(t.due_on) filter (where t.due_on >= c.today) as next_due_on
      from tasks t
      where t.planning_year_id = y.id and t.role = r.role and t.status in ('open', 'blocked')
      having count(*) > 0) w
  where r.role <> all (held.roles))`;

interface Unreached {
  suppressed: string[];
  role: string;
  title: string;
  tasks: number;
  nextDueOn: string | null;
}

function isOn(today: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`a.from_on <= ${today} and (a.to_on is null or a.to_on >= ${today})`;
}
