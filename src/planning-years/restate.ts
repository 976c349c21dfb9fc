import { sql } from 'kysely';
import type { Context, Trx } from '../context.ts';
import { modelOf } from './models.ts';
import { findYear } from './store.ts';
import { taskStatuses } from './task-status.ts';

/** Brings a year's stored task statuses to what its state, its dates and its calendar say. */
export async function restate(
  { programs }: Pick<Context, 'programs'>,
  trx: Trx,
  id: string,
): Promise<void> {
  const row = await findYear(trx, id);
  if (!row) return;
  const model = await modelOf(programs, trx, row);
  const statuses = taskStatuses(model, row.state, row.openedOn, row.state.clockAt);
  const is = [...statuses].map(([key, status]) => ({ key, status }));
  await sql`
    update tasks t set status = s.status, version = t.version + 1
    from jsonb_to_recordset(${JSON.stringify(is)}::jsonb) as s (key text, status text)
    where t.planning_year_id = ${id} and t.task_key = s.key and t.status <> s.status`.execute(trx);
}
