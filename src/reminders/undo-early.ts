import { sql } from 'kysely';
import type { Pack } from '../../calendar/shape.ts';
import type { Trx } from '../context.ts';
import { addDays } from './days.ts';

/** So long something may wait for a morning on which mail goes out; what is held waits for somebody. */
const WAITING_DAYS = 7;

/**
 * Makes up for a scan by a clock that was days ahead. What it wrote down for days to come, and what has
 * not gone out, is forgotten: it is written down anew on its day. What it dropped because its time had
 * passed waits again; whoever puts it into words drops it once more if it no longer matters.
 */
export async function undoEarly(trx: Trx, { program }: Pack, today: string): Promise<void> {
  const of = sql`planning_year_id in (select id from planning_years where program = ${program.id})`;
  const tomorrow = addDays(today, 1);
  await sql`
    with early as (
      update messages set status = 'dropped', reason = 'tooEarly', next_attempt_at = null
      where local_date > ${tomorrow}::date and status in ('queued', 'retrying', 'held')
      returning id
    )
    update reminders set message_id = null, status = 'scheduled', reason = null
    where message_id in (select id from early) and status in ('scheduled', 'retrying', 'held')
      and ${of}`.execute(trx);
  await sql`
    delete from reminders r
    where due_on > ${today}::date and status in ('scheduled', 'held', 'dropped') and ${of}
      and not exists (
        select from messages m where m.id = r.message_id and m.status in ('sending', 'sent'))`.execute(
    trx,
  );
  // What was held for nobody had gone to somebody who only comes later.
  await sql`
    update reminders r set status = 'held', reason = 'noRecipient', person_id = null
    where status = 'scheduled' and ${of}
      and (select min(a.from_on) from held_roles a
        where a.person_id = r.person_id and a.program = ${program.id} and a.role = r.role) > ${today}::date
      and not exists (
        select from reminders o
        where o.planning_year_id = r.planning_year_id and o.role = r.role and o.occasion = r.occasion
          and o.task_id is not distinct from r.task_id and o.id <> r.id)`.execute(trx);
  await sql`
    update reminders set status = case when person_id is null then 'held' else 'scheduled' end,
      reason = case when person_id is null then 'noRecipient' end, message_id = null
    where status = 'dropped' and reason in ('noLongerDue', 'dueDateMoved', 'yearNotActive', 'noLongerAssigned')
      and (person_id is null or due_on >= ${addDays(today, -WAITING_DAYS)}::date) and ${of}`.execute(
    trx,
  );
}
