import type { Context } from '../context.ts';
import { oneLine } from '../digests/lines.ts';
import { mailTerms } from '../digests/terms.ts';
import { mayLand } from '../digests/timing.ts';
import type { StoredFault } from '../errors.ts';
import { isDatabaseGone } from '../http/database-gone.ts';
import { MailRefusedError } from '../mail/compose.ts';
import { faultOf } from '../mail/fault.ts';
import type { Mail } from '../mail/mailer.ts';
import { setAside } from '../quarantine/store.ts';
import { type Batch, openBatch } from './batch.ts';
import { findBreaker } from './breaker.ts';
import { type ClaimedMessage, claimMessages } from './messages.ts';
import { isListed, mailSettings } from './settings.ts';
import { slotsOf } from './slots.ts';

/** What a mail says, and the reminders that it carries. */
export interface Letter {
  content: Omit<Mail, 'messageId' | 'date' | 'to'>;
  reminders: string[];
}

/**
 * Puts claimed mails into words, as things stand now, by message id; null where nothing is left to
 * say. What a mail leaves out is settled in the ledger by this.
 */
export type Write = (
  ctx: Context,
  messages: readonly ClaimedMessage[],
) => Promise<Map<string, Letter | null>>;

/**
 * Sends a batch of mails: claims them in one statement, has them written together, sends each over
 * the next free connection, and writes down what became of them in groups. What another process has
 * is left alone.
 *
 * A process may die between the sending of a mail and its mark; the mail then goes out once more,
 * with the same Message-ID, by which mail programs know the two for one.
 */
export async function deliver(ctx: Context, ids: readonly string[], write: Write): Promise<void> {
  const { db, clock } = ctx;
  const settings = await mailSettings(db);
  if (settings.paused) return;
  const broken = (await findBreaker(db)) !== undefined;
  // What was enqueued before the server went away waits with the rest; one alone is the minute's try.
  if (broken && ids.length > 1) return;
  const now = clock.now();
  const claimed = await claimMessages(db, ids, now);
  if (claimed.length === 0) return;
  const batch = openBatch(ctx, claimed, now, broken);
  try {
    // What was enqueued in the evening may be taken up in the night.
    const awake = claimed.filter((message) => isAwake(ctx, message));
    const mayGo = awake.filter(({ suppressed, email }) => !suppressed && isListed(settings, email));
    const held = awake.filter((message) => !mayGo.includes(message));
    await all([
      ...held.map(({ id, suppressed }) =>
        batch.settle({ id, status: 'held', reason: suppressed ? 'suppressed' : 'trialMode' }),
      ),
      writeAndSend(ctx, mayGo, write, batch),
    ]);
  } finally {
    await batch.close();
  }
}

function isAwake({ programs, clock }: Context, message: ClaimedMessage): boolean {
  const pack = programs.get(message.program ?? '')?.pack;
  return pack === undefined || mayLand(mailTerms(pack, message), message, clock.now());
}

async function writeAndSend(
  ctx: Context,
  messages: readonly ClaimedMessage[],
  write: Write,
  batch: Batch,
): Promise<void> {
  const letters = await writeEach(ctx, messages, write);
  await all(
    messages.map((message) => {
      const letter = letters.get(message.id);
      if (letter instanceof Error) return unwritable(ctx, message, letter, batch);
      if (!letter) return batch.settle({ id: message.id, status: 'dropped' });
      return send(ctx, message, letter, batch);
    }),
  );
}

/** It is tried again like any other, and told of: what keeps it from being written is stored here. */
async function unwritable(
  ctx: Context,
  message: ClaimedMessage,
  error: Error,
  batch: Batch,
): Promise<void> {
  if (!isDatabaseGone(error)) await setAside(ctx, faultOfMail(message, error));
  return batch.failed(message, faultOf(error));
}

const faultOfMail = ({ id }: ClaimedMessage, { name }: Error): StoredFault => ({
  kind: 'mail',
  subject: id,
  reason: `It can't be put into words or addressed (${name}).`,
});

/** All together; where that fails each alone, so that one that can't be written holds up no other. */
async function writeEach(
  ctx: Context,
  messages: readonly ClaimedMessage[],
  write: Write,
): Promise<Map<string, Letter | null | Error>> {
  if (messages.length === 0) return new Map();
  try {
    return await write(ctx, messages);
  } catch (error) {
    if (messages.length === 1) return new Map([[messages[0]!.id, asError(error)]]);
    const each = await Promise.all(messages.map((message) => writeEach(ctx, [message], write)));
    return new Map(each.flatMap((one) => [...one]));
  }
}

async function send(
  ctx: Context,
  message: ClaimedMessage,
  { content, reminders }: Letter,
  batch: Batch,
): Promise<void> {
  const { mailer, clock } = ctx;
  const { id, mailId, name, email } = message;
  // A name of two lines would be refused as a header; the mail is not to fail for it.
  const to = { name: oneLine(name), address: email };
  const attempt = await slotsOf(mailer)(async () => {
    if (!(await batch.tries(message))) return { tried: false, fault: null };
    try {
      await mailer.send({ ...content, messageId: mailId, date: clock.now(), to });
      return { tried: true, fault: batch.met(null) };
    } catch (error) {
      if (error instanceof MailRefusedError) await setAside(ctx, faultOfMail(message, error));
      return { tried: true, fault: batch.met(faultOf(error)) };
    }
  });
  // By now the connection carries the next.
  if (!attempt.tried) return;
  if (attempt.fault) return batch.failed(message, attempt.fault);
  const { subject, text, html } = content;
  await batch.settle({ id, status: 'sent', at: clock.now(), reminders, subject, text, html });
}

/** Waits for all, whatever becomes of each, and then tells the first that failed. */
async function all(acts: Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(acts);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error));
