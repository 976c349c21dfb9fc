import { sql } from 'kysely';
import type { Db, Trx } from '../context.ts';
import { newIds } from './new-ids.ts';

/**
 * The life of a digest's row. `queued`: a job for it is on its way. `sending`: a process has claimed
 * it, or an attempt has failed. Whatever stays in either beyond `nextAttemptAt` (the process died,
 * the job got lost, the time for another attempt has come) is queued again by the next scan.
 */
export interface ClaimedMessage {
  id: string;
  personId: string;
  mailId: string;
  attempts: number;
  createdAt: Date;
}

/** How long a job may take to be taken up, and then to be done. Longer than one sending may last. */
const LEASE_MS = 120_000;
export const leaseFrom = (now: Date): Date => new Date(now.getTime() + LEASE_MS);

/**
 * Makes the digest of the day for everyone in `programs` whose reminders wait for one and who has
 * had none today; all that waits for them goes into it, or into the one that this transaction has made.
 *
 * @returns the ids of the digests really made: the ones to enqueue
 */
export async function makeDigests(
  trx: Trx,
  programs: string[],
  today: string,
  now: Date,
  mailDomain: string,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with waiting as (
      select distinct r.person_id from reminders r join planning_years y on y.id = r.planning_year_id
      where r.status = 'scheduled' and r.person_id is not null and r.message_id is null
        and y.program = any(${programs}::text[])
    ), made as (
      insert into messages (id, person_id, local_date, status, mail_id, next_attempt_at, created_at)
      select id, person_id, ${today}::date, 'queued', '<' || id || '@' || ${mailDomain}::text || '>',
        ${leaseFrom(now)}, ${now}
      from (select ${newIds(now)} as id, person_id from waiting order by person_id) w
      on conflict (person_id, local_date) do nothing
      returning id, person_id
    ), fresh as (
      select id, person_id from made
      union all
      select m.id, m.person_id from messages m join waiting on waiting.person_id = m.person_id
      where m.local_date = ${today}::date and m.xmin = pg_current_xact_id()::xid
    ), told as (
      update reminders r set message_id = fresh.id from fresh
      where r.person_id = fresh.person_id and r.status = 'scheduled' and r.message_id is null
    )
    select id from made`.execute(trx);
  return rows.map(({ id }) => id);
}

/** Takes back what is overdue, for another attempt. @returns the ids to enqueue */
export async function takeOverdue(trx: Trx, now: Date): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update messages set status = 'queued', next_attempt_at = ${leaseFrom(now)}
    where id in (
      select id from messages
      where status in ('queued', 'sending') and next_attempt_at <= ${now}
      order by next_attempt_at limit 1000 for update skip locked)
    returning id`.execute(trx);
  return rows.map(({ id }) => id);
}

/** Claims queued messages for this process; those missing are settled, or another has them. */
export const claim = (db: Db, ids: readonly string[], now: Date): Promise<ClaimedMessage[]> =>
  db
    .updateTable('messages')
    .set({ status: 'sending', claimedAt: now, nextAttemptAt: leaseFrom(now) })
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .where('status', '=', 'queued')
    .returning(['id', 'personId', 'mailId', 'attempts', 'createdAt'])
    .execute();

/** The message with what was in it, and its reminders, as sent; both in one statement. */
export async function markSent(
  db: Db,
  { id, attempts }: ClaimedMessage,
  { subject, text, html }: { subject: string; text: string; html: string },
  reminders: string[],
  now: Date,
): Promise<void> {
  await sql`
    with sent as (
      update messages set status = 'sent', sent_at = ${now}, last_error = null,
        next_attempt_at = null, attempts = ${attempts + 1}, subject = ${subject}, text = ${text},
        html = ${html}
      where id = ${id}
    )
    update reminders set status = 'sent' where id = any(${reminders}::uuid[])`.execute(db);
}

/** Nothing was left to say. */
export async function markDropped(trx: Trx, ids: string[]): Promise<void> {
  await sql`
    update messages set status = 'dropped', next_attempt_at = null
    where id = any(${ids}::uuid[])`.execute(trx);
}

/** An attempt failed; there will be another at `next`, or none when it is null. */
export async function markFailed(
  trx: Trx,
  message: ClaimedMessage,
  lastError: string,
  next: Date | null,
): Promise<void> {
  const status = next ? ('sending' as const) : ('failed' as const);
  await trx
    .updateTable('messages')
    .set({ status, lastError, nextAttemptAt: next, attempts: message.attempts + 1 })
    .where('id', '=', message.id)
    .execute();
  if (next) return;
  await trx
    .updateTable('reminders')
    .set({ status: 'failed', reason: 'undeliverable' })
    .where('messageId', '=', message.id)
    .where('status', '=', 'scheduled')
    .execute();
}
