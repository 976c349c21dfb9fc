import { sql } from 'kysely';
import type { Db, DbOrTrx, Trx } from '../context.ts';
import { newId } from '../ids.ts';

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
const lease = (now: Date): Date => new Date(now.getTime() + LEASE_MS);

/**
 * Makes the digest of the day for everyone in `programs` whose reminders wait for one and who has
 * had none today; all that waits for them goes into it.
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
  const people = await peopleWaiting(trx, programs, today);
  if (people.length === 0) return [];
  const input = people.map((personId) => {
    const id = newId(now);
    return { id, personId, mailId: `<${id}@${mailDomain}>` };
  });
  // As one parameter: a statement takes no more than 65,535 of them.
  const { rows } = await sql<{ id: string }>`
    insert into messages (id, person_id, local_date, status, mail_id, attempts, next_attempt_at, created_at)
    select i.id, i."personId", ${today}::date, 'queued', i."mailId", 0, ${lease(now)}, ${now}
    from jsonb_to_recordset(${JSON.stringify(input)}::jsonb) as i (id uuid, "personId" uuid, "mailId" text)
    on conflict (person_id, local_date) do nothing
    returning id`.execute(trx);
  const ids = rows.map(({ id }) => id);
  await sql`
    update reminders r set message_id = m.id from messages m
    where m.id = any(${ids}::uuid[]) and r.person_id = m.person_id
      and r.status = 'scheduled' and r.message_id is null`.execute(trx);
  return ids;
}

/** Takes back what is overdue, for another attempt. @returns the ids to enqueue */
export async function takeOverdue(trx: Trx, now: Date): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update messages set status = 'queued', next_attempt_at = ${lease(now)}
    where id in (
      select id from messages
      where status in ('queued', 'sending') and next_attempt_at <= ${now}
      order by next_attempt_at limit 1000 for update skip locked)
    returning id`.execute(trx);
  return rows.map(({ id }) => id);
}

/** Claims a queued message for this process. Undefined: it is settled, or another has it. */
export const claim = (db: Db, id: string, now: Date): Promise<ClaimedMessage | undefined> =>
  db
    .updateTable('messages')
    .set({ status: 'sending', claimedAt: now, nextAttemptAt: lease(now) })
    .where('id', '=', id)
    .where('status', '=', 'queued')
    .returning(['id', 'personId', 'mailId', 'attempts', 'createdAt'])
    .executeTakeFirst();

/** The message with what was in it, and its reminders, as sent. */
export async function markSent(
  trx: Trx,
  message: ClaimedMessage,
  content: { subject: string; text: string; html: string },
  reminders: string[],
  now: Date,
): Promise<void> {
  await settle(trx, message, { status: 'sent', sentAt: now, lastError: null, ...content });
  await sql`
    update reminders set status = 'sent' where id = any(${reminders}::uuid[])`.execute(trx);
}

/** Nothing was left to say. */
export const markDropped = (trx: Trx, message: ClaimedMessage): Promise<void> =>
  settle(trx, message, { status: 'dropped' });

/** An attempt failed; there will be another at `next`, or none when it is null. */
export async function markFailed(
  trx: Trx,
  message: ClaimedMessage,
  lastError: string,
  next: Date | null,
): Promise<void> {
  const status = next ? ('sending' as const) : ('failed' as const);
  await settle(trx, message, { status, lastError, nextAttemptAt: next });
  if (next) return;
  await trx
    .updateTable('reminders')
    .set({ status: 'failed', reason: 'undeliverable' })
    .where('messageId', '=', message.id)
    .where('status', '=', 'scheduled')
    .execute();
}

async function peopleWaiting(trx: DbOrTrx, programs: string[], today: string): Promise<string[]> {
  const rows = await trx
    .selectFrom('reminders as r')
    .innerJoin('planningYears as y', 'y.id', 'r.planningYearId')
    .select('r.personId')
    .distinct()
    .where('r.status', '=', 'scheduled')
    .where('r.personId', 'is not', null)
    .where('r.messageId', 'is', null)
    .where('y.program', 'in', programs)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('messages as m')
            .select('m.id')
            .whereRef('m.personId', '=', 'r.personId')
            .where('m.localDate', '=', today),
        ),
      ),
    )
    .orderBy('r.personId')
    .execute();
  return rows.flatMap(({ personId }) => personId ?? []);
}

interface Settled {
  status: 'sent' | 'dropped' | 'sending' | 'failed';
  lastError?: string | null;
  nextAttemptAt?: Date | null;
  sentAt?: Date;
  subject?: string;
  text?: string;
  html?: string;
}

async function settle(trx: Trx, message: ClaimedMessage, settled: Settled): Promise<void> {
  const attempts = message.attempts + (settled.status === 'dropped' ? 0 : 1);
  await trx
    .updateTable('messages')
    .set({ nextAttemptAt: null, ...settled, attempts })
    .where('id', '=', message.id)
    .execute();
}
