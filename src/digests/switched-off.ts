import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '../context.ts';
import { allOptionalKinds } from '../programs/optional-kinds.ts';
import type { Programs } from '../programs/programs.ts';
import { todayOf } from '../programs/today.ts';

/**
 * Holds what waits to be said to people who have switched that kind off. Only what may be switched
 * off is held, whatever anybody has set.
 *
 * @param tables the ledger and its years, or the copies of both on which days are played
 */
export async function holdSwitchedOff(
  trx: Trx,
  programs: Programs,
  tables: { reminders: RawBuilder<unknown>; planningYears: RawBuilder<unknown> } = REAL,
): Promise<void> {
  const kinds = allOptionalKinds(programs).map(({ kind }) => kind);
  await sql`
    update ${tables.reminders} r set status = 'held', reason = 'optedOut'
    from preferences p, ${tables.planningYears} y
    where p.switched_off <> '{}' and r.person_id = p.person_id and y.id = r.planning_year_id
      and r.status = 'scheduled' and r.message_id is null
      and y.program || '/' || r.rule = any(p.switched_off)
      and y.program || '/' || r.rule = any(${kinds}::text[])`.execute(trx);
}

/**
 * Lets what was held for a person be said after all, of the kinds that are switched on again: what came
 * due this month. What no longer matters when its mail is written is dropped then, as ever.
 */
export async function releaseSwitchedOn(
  trx: Trx,
  programs: Programs,
  personId: string,
  now: Date,
): Promise<void> {
  for (const { id } of programs.all)
    await sql`
      update reminders r set status = 'scheduled', reason = null
      from preferences p, planning_years y
      where r.person_id = ${personId} and p.person_id = r.person_id and y.id = r.planning_year_id
        and y.program = ${id} and r.status = 'held' and r.reason = 'optedOut'
        and r.message_id is null and r.due_on >= date_trunc('month', ${todayOf(programs, id, now)}::date)
        and y.program || '/' || r.rule <> all(p.switched_off)`.execute(trx);
}

const REAL = { reminders: sql.table('reminders'), planningYears: sql.table('planning_years') };
