import { type RawBuilder, sql } from 'kysely';
import type { Day } from './day.ts';

/**
 * The rows of `of` once for each person who holds one of its roles today, with `person_id`: at the
 * school itself, at its district, or at the state; whoever holds it twice comes twice. A program has
 * one state agency, so every assignment at the state covers every school.
 *
 * @param of a relation with `organization_kind, organization_code, district_code`
 * @param role the role, or an array of them, in terms of `d` for a row of it
 */
export function withHolders(day: Day, of: RawBuilder<unknown>, role = sql`d.role`) {
  const at = (place: RawBuilder<unknown>) => sql`
    select d.*, a.person_id from ${of} d
    join ${day.tables.heldRoles} a on ${holds(day, role)} and ${place}`;
  return sql`
    ${at(sql`a.organization_kind = d.organization_kind and a.organization_code = d.organization_code`)}
    union all
    ${at(sql`a.organization_kind = 'district' and a.organization_code = d.district_code`)}
    union all
    ${at(sql`a.organization_kind = 'state'`)}`;
}

/** Whether the assignment `a` is one of today's to that role. */
export const holds = ({ pack, today }: Day, role: RawBuilder<unknown>) => sql<boolean>`
  a.program = ${pack.program.id} and a.role = ${role}
  and a.from_on <= ${today}::date and (a.to_on is null or a.to_on >= ${today}::date)`;

/** Whether the assignment `a` covers the year `y`. */
export const covers = sql<boolean>`(
  a.organization_kind = 'state'
  or a.organization_code in (y.organization_code, y.district_code)
    and (a.organization_kind, a.organization_code) in
      ((y.organization_kind, y.organization_code), ('district', y.district_code)))`;
