import { sql } from 'kysely';
import type { Context, Trx } from '../context.ts';
import { mailHeld } from '../mail/hold.ts';
import { todayOf } from '../programs/today.ts';
import { chunked } from './chunked.ts';
import { type Digest, renderDigest } from './digest.ts';
import type { Facts, LedgerRow } from './facts.ts';
import { libraryFor } from './library.ts';
import { knownOn } from './matters.ts';
import { type ClaimedMessage, claim, markDropped, markFailed, markSent } from './messages.ts';
import { type Composed, composeDigest } from './model.ts';
import { byId } from './read.ts';
import { factsOfMessages, type Person, peopleOf, programsOf, remindersOf } from './read-message.ts';

/**
 * Sends digests: claims their messages, looks at every reminder anew, drops what was settled
 * meanwhile, and sends what is left. What another process has, or had, is left alone; nothing happens
 * while all mail is held.
 *
 * A process may die between the sending and its record; the message then goes out once more, with
 * the same Message-ID, by which mail programs know the two for one.
 */
export async function sendDigests(ctx: Context, messageIds: readonly string[]): Promise<void> {
  for (const ids of chunked(messageIds, TOGETHER)) await sendTogether(ctx, ids);
}

/** So few are claimed at once that all are sent before their claim runs out. */
const TOGETHER = 10;

async function sendTogether(ctx: Context, messageIds: readonly string[]): Promise<void> {
  if (await mailHeld(ctx.db)) return;
  const messages = await claim(ctx.db, messageIds, ctx.clock.now());
  const prepared = await prepareSome(ctx, messages);
  await Promise.all(prepared.map((digest) => sendOne(ctx, digest)));
}

/** What can't be prepared fails alone. */
async function prepareSome(ctx: Context, messages: ClaimedMessage[]): Promise<Prepared[]> {
  if (messages.length === 0) return [];
  try {
    return await prepare(ctx, messages);
  } catch (error) {
    const [only, ...more] = messages;
    if (more.length > 0)
      return (await Promise.all(messages.map((one) => prepareSome(ctx, [one])))).flat();
    await failed(ctx, only!, error);
    return [];
  }
}

async function sendOne(ctx: Context, prepared: Prepared): Promise<void> {
  const { message, person, digest, kept, demo } = prepared;
  try {
    await ctx.mailer.send({
      messageId: message.mailId,
      date: ctx.clock.now(),
      to: { name: person.name, address: person.email },
      ...digest,
      demo,
    });
    await markSent(ctx.db, message, digest, kept, ctx.clock.now());
  } catch (error) {
    await failed(ctx, message, error);
  }
}

interface Prepared {
  message: ClaimedMessage;
  person: Person;
  digest: Digest;
  /** The reminders that are in it. */
  kept: string[];
  demo: boolean;
}

/** What is to be sent now; messages with nothing left to say are settled and not among it. */
async function prepare(ctx: Context, messages: ClaimedMessage[]): Promise<Prepared[]> {
  const people = byId(
    await peopleOf(
      ctx.db,
      messages.map(({ personId }) => personId),
    ),
  );
  const rows = await remindersOf(
    ctx.db,
    messages.map(({ id }) => id),
  );
  const rowsOf = Map.groupBy(rows, ({ messageId }) => messageId);
  const dates = await datesOf(ctx, rows);
  const dateOf = ({ id }: ClaimedMessage) => dates(rowsOf.get(id)?.[0]?.planningYearId);
  const prepared: Prepared[] = [];
  const dropped: Composed['dropped'] = [];
  const empty: string[] = [];
  for (const [today, same] of Map.groupBy(messages, dateOf)) {
    const about = same.flatMap(({ id }) => rowsOf.get(id) ?? []);
    const facts = await factsOfMessages(ctx.db, about, today);
    const library = await libraryFor(ctx.programs, ctx.db, facts.years.values());
    const known = knownOn(today, facts);
    for (const message of same) {
      const person = people.get(message.personId)!;
      const own = rowsOf.get(message.id) ?? [];
      const composed = composeDigest(person.name, own, facts, library, today, known);
      dropped.push(...composed.dropped);
      if (!composed.model) {
        empty.push(message.id);
        continue;
      }
      const digest = renderDigest(composed.model, ctx.config.publicUrl);
      const demo = isDemo(person, composed, facts);
      prepared.push({ message, person, digest, kept: composed.kept, demo });
    }
  }
  if (dropped.length + empty.length > 0)
    await ctx.db.transaction().execute(async (trx) => {
      await drop(trx, dropped);
      await markDropped(trx, empty);
    });
  return prepared;
}

/** Invented people get no real mail, and invented schools alone make none. */
const isDemo = (person: Person, { model }: Composed, facts: Facts): boolean =>
  person.demo ||
  (model?.organizations ?? []).every(
    ({ planningYearId }) => facts.years.get(planningYearId)?.demo === true,
  );

/** The date that a digest about a year has: that of the year's program. */
async function datesOf(ctx: Context, rows: LedgerRow[]) {
  const years = await programsOf(
    ctx.db,
    rows.map(({ planningYearId }) => planningYearId),
  );
  const now = ctx.clock.now();
  return (year: string | undefined): string =>
    todayOf(ctx.programs, (year && years.get(year)) ?? null, now);
}

async function drop(trx: Trx, dropped: Composed['dropped']): Promise<void> {
  if (dropped.length === 0) return;
  await sql`
    update reminders r set status = 'dropped', reason = d.reason
    from jsonb_to_recordset(${JSON.stringify(dropped)}::jsonb) as d (id uuid, reason text)
    where r.id = d.id and r.status = 'scheduled'`.execute(trx);
}

const MINUTE = 60_000;
const DELAYS = [1, 5, 15, 60, 180].map((minutes) => minutes * MINUTE);
const GIVE_UP_AFTER = 72 * 60 * MINUTE;

async function failed(ctx: Context, message: ClaimedMessage, error: unknown): Promise<void> {
  const now = ctx.clock.now();
  const delay = DELAYS[Math.min(message.attempts, DELAYS.length - 1)]!;
  const givenUp = now.getTime() - message.createdAt.getTime() >= GIVE_UP_AFTER;
  const next = givenUp ? null : new Date(now.getTime() + delay);
  const reason = error instanceof Error ? error.message : String(error);
  ctx.log.warn(
    { message: message.id, attempt: message.attempts + 1, reason, next },
    'A digest was not sent.',
  );
  await ctx.db
    .transaction()
    .execute((trx) => markFailed(trx, message, reason.slice(0, 2_000), next));
}
