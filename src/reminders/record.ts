import { sql } from 'kysely';
import type { Trx } from '../context.ts';
import { newId } from '../ids.ts';
import type { DayPlan, NewReminder } from './plan.ts';

/**
 * Writes a day's plan into the ledger. What another process has written already stays as it is.
 *
 * @returns how many rows were really written
 */
export async function recordPlan(
  trx: Trx,
  plan: DayPlan,
  today: string,
  now: Date,
): Promise<number> {
  await dropPassed(trx, plan.passed);
  const found = await assignFound(trx, plan.found);
  return found + (await insertRows(trx, plan.rows, today, now));
}

async function dropPassed(trx: Trx, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update reminders set status = 'dropped', reason = 'noLongerDue'
    where id = any(${ids}::uuid[]) and status = 'held'`.execute(trx);
}

async function assignFound(trx: Trx, found: DayPlan['found']): Promise<number> {
  if (found.length === 0) return 0;
  const { rows } = await sql`
    update reminders r set status = 'scheduled', reason = null, person_id = f."personId"
    from jsonb_to_recordset(${JSON.stringify(found)}::jsonb) as f (id uuid, "personId" uuid)
    where r.id = f.id and r.status = 'held'
    returning r.id`.execute(trx);
  return rows.length;
}

/** Always in the order of the unique key: two processes wait for each other and never in a circle. */
async function insertRows(
  trx: Trx,
  rows: NewReminder[],
  today: string,
  now: Date,
): Promise<number> {
  if (rows.length === 0) return 0;
  const input = rows.map((row) => ({ ...row, id: newId(now) }));
  const { rows: written } = await sql`
    insert into reminders (id, planning_year_id, task_id, role, person_id, rule, occasion, due_on,
      status, reason, created_at)
    select i.id, i."planningYearId", i."taskId", i.role, i."personId", i.rule, i.occasion,
      ${today}::date,
      case when i."personId" is null then 'held' else 'scheduled' end,
      case when i."personId" is null then 'noRecipient' end,
      ${now}
    from jsonb_to_recordset(${JSON.stringify(input)}::jsonb) as i (id uuid, "planningYearId" uuid,
      "taskId" uuid, role text, "personId" uuid, rule text, occasion text)
    order by i."planningYearId", i.role, i.occasion, i."taskId", i."personId"
    on conflict do nothing
    returning id`.execute(trx);
  return written.length;
}
