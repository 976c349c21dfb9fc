import { type RawBuilder, sql } from 'kysely';
import { activeYears, among, type Day, type Years } from './day.ts';
import { covers, holds } from './holders.ts';
import type { Occasions } from './occasions.ts';

/**
 * A query of who is to mend addresses: a row for each year at which their person
 * holds a role and each person who is in charge of it and can be told, `year, task, role, rule,
 * occasion, delivery, organization_kind, organization_code, district_code, person_id`. Where nobody of
 * those whom a rule names first is there, it falls to the others; so does whoever holds a role for the
 * whole state, once, at the program's first year.
 */
export const refusedQuery = (day: Day, { addresses }: Occasions, years: Years) => sql`
  select distinct y.id as year, null::uuid as task, t.role, b.rule,
    b.rule || ':' || y.suppression as occasion, b.delivery, y.organization_kind,
    y.organization_code, y.district_code, t.person_id
  from jsonb_to_recordset(${JSON.stringify(addresses)}::jsonb)
    as b (rule text, delivery text, "to" text[], otherwise text[])
  cross join (${reached(day)}) y
  join lateral (
    with first as (select * from (${told(day, sql`b."to"`)}) f where not y.everywhere)
    select * from first
    union all
    select * from (${told(day, sql`b.otherwise`)}) o where not exists (select from first)
  ) t on true
  where ${among(sql`y.id`, years)}`;

/** The years at which the people of these addresses hold roles today. */
const reached = (day: Day) => sql`
  with refused as materialized (
    select s.id as suppression, p.id as person, a.organization_kind as kind,
      a.organization_code as code
    from addresses_to_mend s
    join people p on lower(p.email) = s.address
    join ${day.tables.heldRoles} a on a.person_id = p.id and ${holds(day, sql`a.role`)}
  )
  select r.suppression, r.person, false as everywhere, ${YEAR} from refused r
  join ${activeYears(day)} on y.organization_kind = r.kind and y.organization_code = r.code
  union
  select r.suppression, r.person, false, ${YEAR} from refused r
  join ${activeYears(day)} on r.kind = 'district' and y.district_code = r.code
  union
  select r.suppression, r.person, true, ${YEAR} from refused r
  join (select * from ${activeYears(day)} order by id limit 1) y on r.kind = 'state'`;

const YEAR = sql`y.id, y.organization_kind, y.organization_code, y.district_code`;

/** Others who hold one of the roles over the year `y`, and whose own address takes mail. */
const told = (day: Day, roles: RawBuilder<unknown>) => sql`
  select a.role, a.person_id
  from ${day.tables.heldRoles} a join people p on p.id = a.person_id
  where ${holds(day, sql`any(${roles})`)} and ${covers} and a.person_id <> y.person
    and not exists (select from suppressions s where s.address = lower(p.email))`;
