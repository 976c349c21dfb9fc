import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '../context.ts';
import { optionalKinds } from '../programs/optional-kinds.ts';
import type { Programs } from '../programs/programs.ts';

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
  const kinds = programs.all.flatMap(({ pack }) => optionalKinds(pack).map(({ kind }) => kind));
  await sql`
    update ${tables.reminders} r set status = 'held', reason = 'optedOut'
    from preferences p, ${tables.planningYears} y
    where p.switched_off <> '{}' and r.person_id = p.person_id and y.id = r.planning_year_id
      and r.status = 'scheduled' and r.message_id is null
      and y.program || '/' || r.rule = any(p.switched_off)
      and y.program || '/' || r.rule = any(${kinds}::text[])`.execute(trx);
}

const REAL = { reminders: sql.table('reminders'), planningYears: sql.table('planning_years') };
