import { sql } from 'kysely';
import type { Context, Trx } from '../context.ts';
import { mailHeld } from '../mail/hold.ts';
import { todayOf } from '../programs/today.ts';
import { type Digest, renderDigest } from './digest.ts';
import type { Facts } from './facts.ts';
import { libraryFor } from './library.ts';
import { type ClaimedMessage, claim, markDropped, markFailed, markSent } from './messages.ts';
import { type Composed, composeDigest } from './model.ts';
import { factsOfMessage, type Person, personOf, remindersOf } from './read-message.ts';

/**
 * Sends one digest: claims its message, looks at every reminder anew, drops what was settled
 * meanwhile, and sends what is left. Nothing happens when another process has the message, or had,
 * or while all mail is held.
 *
 * A process may die between the sending and its record; the message then goes out once more, with
 * the same Message-ID, by which mail programs know the two for one.
 */
export async function sendDigest(ctx: Context, messageId: string): Promise<void> {
  if (await mailHeld(ctx.db)) return;
  const message = await claim(ctx.db, messageId, ctx.clock.now());
  if (!message) return;
  try {
    const prepared = await prepare(ctx, message);
    if (!prepared) return;
    const { person, digest, kept, demo } = prepared;
    await ctx.mailer.send({
      messageId: message.mailId,
      date: ctx.clock.now(),
      to: { name: person.name, address: person.email },
      ...digest,
      demo,
    });
    await inTransaction(ctx, (trx) => markSent(trx, message, digest, kept, ctx.clock.now()));
  } catch (error) {
    await failed(ctx, message, error);
  }
}

/** What is to be sent now; null, and the message settled, when nothing is left to say. */
async function prepare(ctx: Context, message: ClaimedMessage) {
  const person = await personOf(ctx.db, message.personId);
  const rows = await remindersOf(ctx.db, message.id);
  const today = await todayAt(ctx, rows[0]?.planningYearId);
  const facts = await factsOfMessage(ctx.db, rows, today);
  const library = await libraryFor(ctx.programs, ctx.db, facts.years.values());
  const composed = composeDigest(person.name, rows, facts, library, today);
  await inTransaction(ctx, async (trx) => {
    await drop(trx, composed.dropped);
    if (!composed.model) await markDropped(trx, message);
  });
  if (!composed.model) return null;
  const digest: Digest = renderDigest(composed.model, ctx.config.publicUrl);
  return { person, digest, kept: composed.kept, demo: isDemo(person, composed, facts) };
}

/** Invented people get no real mail, and invented schools alone make none. */
const isDemo = (person: Person, { model }: Composed, facts: Facts): boolean =>
  person.demo ||
  (model?.organizations ?? []).every(
    ({ planningYearId }) => facts.years.get(planningYearId)?.demo === true,
  );

async function todayAt(ctx: Context, planningYearId: string | undefined): Promise<string> {
  const year =
    planningYearId &&
    (await ctx.db
      .selectFrom('planningYears')
      .select('program')
      .where('id', '=', planningYearId)
      .executeTakeFirst());
  return todayOf(ctx.programs, year ? year.program : null, ctx.clock.now());
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
  await inTransaction(ctx, (trx) => markFailed(trx, message, reason.slice(0, 2_000), next));
}

const inTransaction = (ctx: Context, act: (trx: Trx) => Promise<void>): Promise<void> =>
  ctx.db.transaction().execute(act);
