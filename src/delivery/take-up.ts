import { sql } from 'kysely';
import type { Context, Trx } from '../context.ts';
import { findBreaker, mayTry } from './breaker.ts';
import { queueLease } from './messages.ts';
import { reconsider } from './reconsider.ts';
import { type MailSettings, mailSettings } from './settings.ts';

/**
 * Enqueues every mail whose time has come: made just now, to be tried again, or left behind by a
 * process that died. How many is bounded by the cap of the hour; none go while mail is paused, and
 * one a minute while the mail server takes none.
 *
 * Several processes may do this at once: each mail is taken up by one of them.
 *
 * @returns how many were enqueued
 */
export async function takeUpMail(ctx: Context, trx: Trx): Promise<number> {
  const now = ctx.clock.now();
  const settings = await mailSettings(trx);
  await reconsider(trx, settings);
  if (settings.paused) return 0;
  const room = await roomFor(trx, settings, now);
  if (room <= 0) return 0;
  const ids = await takeDue(trx, room, now);
  await ctx.queue.send(trx, 'send-mails', batchesOf(ids));
  return ids.length;
}

async function roomFor(trx: Trx, { perHour }: MailSettings, now: Date): Promise<number> {
  if (await findBreaker(trx)) return (await mayTry(trx, now)) ? 1 : 0;
  const anHourAgo = new Date(now.getTime() - HOUR_MS);
  const { rows } = await sql<{ tried: number }>`
    select count(*)::int as tried from messages
    where claimed_at > ${anHourAgo} or (status = 'queued' and next_attempt_at > ${now})`.execute(
    trx,
  );
  return Math.min(perHour - rows[0]!.tried, AT_ONCE);
}

/** The oldest first. */
async function takeDue(trx: Trx, room: number, now: Date): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update messages set status = 'queued', next_attempt_at = ${queueLease(now)}
    where id in (
      select id from messages
      where status in ('queued', 'sending', 'retrying') and next_attempt_at <= ${now}
      order by next_attempt_at, id limit ${room} for update skip locked)
    returning id`.execute(trx);
  return rows.map(({ id }) => id).sort();
}

const batchesOf = (ids: string[]): { messageIds: string[] }[] =>
  Array.from({ length: Math.ceil(ids.length / BATCH) }, (_, at) => ({
    messageIds: ids.slice(at * BATCH, (at + 1) * BATCH),
  }));

const HOUR_MS = 3_600_000;
/** A mail server that is slow takes about so many until the next minute's scan. */
const AT_ONCE = 10_000;
/** Large enough that its few statements cost little a mail, small enough for several processes. */
const BATCH = 100;
