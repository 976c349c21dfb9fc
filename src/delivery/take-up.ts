import { sql } from 'kysely';
import type { Context, Trx } from '../context.ts';
import { type OwnTerms, termsInUse } from '../digests/terms.ts';
import { localTime, mayLand } from '../digests/timing.ts';
import { findBreaker, isFree, mayTry } from './breaker.ts';
import { queueLease } from './messages.ts';
import { reconsider } from './reconsider.ts';
import { type MailSettings, mailSettings } from './settings.ts';

/**
 * Enqueues every mail whose time has come: made just now, to be tried again, or left behind by a
 * process that died. What may not reach its reader at this hour waits on.
 * How many is bounded by the cap of the hour; none go while mail is paused, and one a minute while the
 * mail server takes none.
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
  const breaker = await findBreaker(trx);
  const room = breaker ? 1 : await roomFor(trx, settings, now);
  if (room <= 0 || (breaker && !isFree(breaker, now))) return 0;
  const ids = await takeDue(trx, room, now, await restingTerms(ctx, trx, now));
  if (ids.length === 0) return 0;
  // Another process may have come first; what was taken for it is taken up again later.
  if (breaker && !(await mayTry(trx, now))) return 0;
  await ctx.queue.send(trx, 'send-mails', batchesOf(ids));
  return ids.length;
}

async function roomFor(trx: Trx, { perHour }: MailSettings, now: Date): Promise<number> {
  const anHourAgo = new Date(now.getTime() - HOUR_MS);
  const { rows } = await sql<{ tried: number }>`
    select count(*)::int as tried from messages
    where claimed_at > ${anHourAgo} or (status = 'queued' and next_attempt_at > ${now})`.execute(
    trx,
  );
  return Math.min(perHour - rows[0]!.tried, AT_ONCE);
}

/** Terms under which some mail has to wait now, with the local date, and which mail that is. */
interface Resting extends OwnTerms {
  program: string;
  on: string;
  /** What is told at once; a digest of this date; one of an earlier date. */
  atOnce: boolean;
  todays: boolean;
  earlier: boolean;
}

async function restingTerms({ programs }: Context, trx: Trx, now: Date): Promise<Resting[]> {
  const inUse = await termsInUse(trx, programs);
  return inUse.flatMap(({ program, own, terms }) => {
    const on = localTime(terms.zone, now).date;
    const rests = (kind: 'atOnce' | 'digest', localDate: string) =>
      !mayLand(terms, { kind, localDate }, now);
    const resting = {
      atOnce: rests('atOnce', on),
      todays: rests('digest', on),
      earlier: rests('digest', ''),
    };
    return Object.values(resting).includes(true) ? [{ program, ...own, on, ...resting }] : [];
  });
}

/** The oldest first. */
async function takeDue(
  trx: Trx,
  room: number,
  now: Date,
  resting: readonly Resting[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update messages set status = 'queued', next_attempt_at = ${queueLease(now)}
    where id in (
      select m.id from messages m left join preferences p on p.person_id = m.person_id
      where m.status in ('queued', 'sending', 'retrying') and m.next_attempt_at <= ${now}
        and not exists (
          select from jsonb_to_recordset(${JSON.stringify(resting)}::jsonb) as t (program text,
            zone text, "digestAt" text, "on" date, "atOnce" boolean, todays boolean, earlier boolean)
          where t.program = m.program and t.zone is not distinct from p.zone
            and t."digestAt" is not distinct from p.digest_at
            and case when m.kind = 'atOnce' then t."atOnce" when m.local_date = t."on" then t.todays
              else t.earlier end)
      order by m.next_attempt_at, m.id limit ${room} for update of m skip locked)
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
