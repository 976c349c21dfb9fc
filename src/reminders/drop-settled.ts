import { sql } from 'kysely';
import type { Db } from '../context.ts';

/**
 * Takes out of the ledger what waits to be said of tasks that are settled. What a digest holds
 * already is looked at once more when that is sent.
 */
export async function dropSettled(db: Db, planningYearId: string): Promise<void> {
  await sql`
    update reminders r set status = 'dropped', reason = 'doneMeanwhile'
    from tasks t
    where r.planning_year_id = ${planningYearId} and t.id = r.task_id and t.status not in ('open', 'blocked')
      and r.status in ('scheduled', 'held') and r.message_id is null`.execute(db);
}
