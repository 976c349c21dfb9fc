import { sql } from 'kysely';
import type { Db, DbOrTrx } from '../context.ts';
import type { OwnTerms } from '../digests/terms.ts';
import type { MadeMail } from '../digests/timing.ts';

/**
 * The life of a mail's row.
 *
 * - `queued`: it waits to be taken up, or a job for it is on its way (`nextAttemptAt` lies ahead);
 * - `sending`: a process has claimed it, and says so again until it is settled;
 * - `retrying`: an attempt has failed, the next is due at `nextAttemptAt`;
 * - `held`: it must not go to this address for now; it gives its reminders back (`reconsider.ts`);
 * - `sent`, `failed`, `bounced`, `dropped`: settled.
 *
 * Whatever stays in one of the first three beyond `nextAttemptAt` (the process died, the job got
 * lost, the time has come) is taken up by the next scan.
 */
export interface ClaimedMessage extends MadeMail, OwnTerms {
  id: string;
  personId: string;
  program: string | null;
  mailId: string;
  attempts: number;
  firstAttemptAt: Date;
  name: string;
  email: string;
  demo: boolean;
  /** Whether nothing is sent to the address any more. */
  suppressed: boolean;
}

/** How long a job may take to be taken up. */
const QUEUE_LEASE_MS = 110_000;
/**
 * How long a claim holds, unless it is renewed. The scan looks every minute: with it an orphan is
 * taken up within two.
 */
export const CLAIM_LEASE_MS = 60_000;
export const RENEWAL_MS = 15_000;

const after = (now: Date, millis: number): Date => new Date(now.getTime() + millis);
export const queueLease = (now: Date): Date => after(now, QUEUE_LEASE_MS);
const claimLease = (now: Date): Date => after(now, CLAIM_LEASE_MS);

/** Claims for this process those of the messages that wait and that nobody else has. */
export async function claimMessages(
  db: DbOrTrx,
  ids: readonly string[],
  now: Date,
): Promise<ClaimedMessage[]> {
  const { rows } = await sql<ClaimedMessage>`
    update messages m set status = 'sending', claimed_at = ${now}, next_attempt_at = ${claimLease(now)},
      first_attempt_at = coalesce(nullif(nullif(m.first_attempt_at, 'infinity'), '-infinity'), ${now}), to_address = p.email
    from people p left join preferences w on w.person_id = p.id
    where m.id = any(${ids}::uuid[]) and m.status = 'queued' and p.id = m.person_id
    returning m.id, m.person_id, m.kind, m.program, m.local_date, m.mail_id, m.attempts,
      m.first_attempt_at, p.name, p.email, p.demo, w.zone, w.digest_at,
      exists (select from suppressions s where s.address = lower(p.email)) as suppressed`.execute(
    db,
  );
  return rows;
}

/**
 * Says that this process still works on what it claimed at that moment.
 * @returns those that it still has: after a long sleep others may have taken them up
 */
export async function renewClaims(
  db: Db,
  ids: readonly string[],
  claimedAt: Date,
  now: Date,
): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    update messages set next_attempt_at = ${claimLease(now)}
    where id = any(${ids}::uuid[]) and status = 'sending' and claimed_at = ${claimedAt}
    returning id`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

/** Gives back what was claimed at that moment and not tried. */
export async function putBack(
  db: DbOrTrx,
  ids: readonly string[],
  claimedAt: Date,
  now: Date,
): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update messages set status = case when attempts > 0 then 'retrying' else 'queued' end,
      claimed_at = null, next_attempt_at = ${now},
      first_attempt_at = case when attempts > 0 then first_attempt_at end
    where id = any(${ids}::uuid[]) and status = 'sending' and claimed_at = ${claimedAt}`.execute(
    db,
  );
}
