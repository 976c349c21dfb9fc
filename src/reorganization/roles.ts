import { sql } from 'kysely';
import type { Trx } from '../context.ts';
import { daysAfter } from '../programs/today.ts';

export interface Roles {
  moved: number;
  ended: number;
}

/** When a school ceases to be, and which day it is now. */
export interface Days {
  on: string;
  today: string;
}

/**
 * The last day of the roles at a school is the day before. One that nobody has held for a day by now
 * is taken back; of one that has been held since then, the first day stays on record.
 */
export async function endRoles(trx: Trx, school: string, { on, today }: Days): Promise<number> {
  const last = daysAfter(on, -1);
  const takenBack = await sql`
    delete from assignments
    where organization_kind = 'school' and organization_code = ${school}
      and from_on >= greatest(${on}::date, ${today}::date)`.execute(trx);
  const ended = await sql`
    update assignments set to_on = greatest(from_on, ${last}::date), version = version + 1
    where organization_kind = 'school' and organization_code = ${school}
      and (to_on is null or to_on > ${last})`.execute(trx);
  return Number(takenBack.numAffectedRows ?? 0) + Number(ended.numAffectedRows ?? 0);
}

/**
 * Carries the roles in force at a school over to another; what does not come along ends.
 *
 * @param which `all` but those that the same person holds there; `vacant`: those that nobody holds
 */
export async function moveRoles(
  trx: Trx,
  from: string,
  to: string,
  days: Days,
  which: 'all' | 'vacant',
): Promise<Roles> {
  const { on } = days;
  const moved = await sql`
    update assignments a set organization_code = ${to}, version = version + 1
    where organization_kind = 'school' and organization_code = ${from}
      and (to_on is null or to_on >= ${on}::date)
      and not exists (
        select from assignments o
        where o.organization_kind = 'school' and o.organization_code = ${to}
          and o.program = a.program and o.role = a.role
          and (${which === 'vacant'} or o.person_id = a.person_id)
          and (o.to_on is null or o.to_on >= ${on}::date))`.execute(trx);
  return { moved: Number(moved.numAffectedRows ?? 0), ended: await endRoles(trx, from, days) };
}

/** Keys that were made for the old code reach the new one instead. */
export async function moveKeys(trx: Trx, from: string, to: string): Promise<void> {
  await sql`
    update api_keys set scope = jsonb_build_object('schools', (
      select jsonb_agg(case code when ${from} then ${to} else code end)
      from jsonb_array_elements_text(scope -> 'schools') code))
    where scope -> 'schools' ? ${from}`.execute(trx);
}
