import type { Context, Trx } from '../context.ts';
import { findBreaker, mayTry, mend, stopsAll, trip } from '../delivery/breaker.ts';
import { isListed, mailSettings } from '../delivery/settings.ts';
import { slotsOf } from '../delivery/slots.ts';
import { isSuppressed, suppress } from '../delivery/suppressions.ts';
import { isOfServer, noteTroubles } from '../delivery/troubles.ts';
import { type Fault, faultOf } from '../mail/fault.ts';
import type { Mail } from '../mail/mailer.ts';
import { personByEmail } from '../people/person-store.ts';
import {
  claimLink,
  endLink,
  keepSecret,
  linksMade,
  linksToMail,
  tryLinkAgain,
} from './attempts.ts';
import { linkLetter } from './link-letter.ts';
import { linkSecret } from './link-secret.ts';
import { mayUseLink } from './who-may.ts';
import { witness } from './witness.ts';

/** Nobody gets more mails than that to one address within {@link WINDOW}; what others ask for doesn't count. */
const MOST_MAILS = 5;
const WINDOW = 900_000;
const MINUTE = 60_000;

/**
 * Makes and sends the link that somebody asked for, if the address is of somebody who may come in by
 * it. In the background: how long it takes tells the asking browser nothing.
 *
 * It goes whatever the hour, and while mail is paused: nobody is locked out by that. What the mail
 * server says is believed from other mail, and told to it. Whatever passes is tried again while the
 * link holds, which stays the same: whichever mail arrives, it works.
 */
export async function mailLink(ctx: Context, attempt: string): Promise<void> {
  const made = await ctx.db.transaction().execute((trx) => prepare(ctx, trx, attempt));
  if (!made) return;
  const { mail, person, tries, broken } = made;
  const fault = await slotsOf(ctx.mailer)(() =>
    ctx.mailer.send(mail).then(
      () => null,
      (error: unknown) => faultOf(error),
    ),
  );
  if (fault !== null && stopsAll(fault)) await trip(ctx, fault);
  else if (broken && fault?.kind !== 'interrupted') await mend(ctx);
  if (fault === null) {
    await endLink(ctx.db, attempt);
    return witness(ctx, ctx.db, { type: 'linkMailed', way: 'link', person });
  }
  // Not what the server said: it might quote the mail.
  await witness(ctx, ctx.db, { type: 'linkNotMailed', way: 'link', person, reason: fault.kind });
  await afterFault(ctx, { attempt, tries, address: mail.to.address }, fault);
}

/** Enqueues the links whose next try has come. */
export async function takeUpLinks({ db, clock, queue }: Context): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const due = await linksToMail(trx, clock.now());
    const payloads = due.map(({ id }) => ({ attemptId: id }));
    if (payloads.length > 0) await queue.send(trx, 'mail-sign-in-link', payloads);
  });
}

interface Made {
  mail: Mail;
  person: string;
  /** How many there have been, this one among them. */
  tries: number;
  /** Whether the mail server took no mail before. */
  broken: boolean;
}

async function prepare(ctx: Context, trx: Trx, id: string): Promise<Made | null> {
  const now = ctx.clock.now();
  const attempt = await claimLink(trx, id, now);
  if (!attempt) return null;
  const withheld = async (who: string | null, reason: string) => {
    await endLink(trx, id);
    await witness(ctx, trx, { type: 'linkWithheld', way: 'link', person: who, reason });
    return null;
  };

  const person = await personByEmail(trx, attempt.email!);
  if (!person) return withheld(null, 'unknownAddress');
  const actor = await mayUseLink(ctx, trx, person.id);
  if (typeof actor === 'string') return withheld(person.id, actor);
  if (!isListed(await mailSettings(trx), person.email)) return withheld(person.id, 'trialMode');
  if (await isSuppressed(trx, person.email)) return withheld(person.id, 'suppressed');
  // A try that follows another is no further mail that somebody asked for.
  const made = await linksMade(trx, attempt, new Date(now.getTime() - WINDOW));
  if (attempt.tries === 1 && made >= MOST_MAILS) return withheld(person.id, 'tooMany');

  const broken = (await findBreaker(trx)) !== undefined;
  if (broken && !(await mayTry(trx, now))) {
    await tryLinkAgain(trx, id, attempt.tries - 1, new Date(now.getTime() + MINUTE));
    return null;
  }
  const secret = await linkSecret(ctx.db, id, now);
  await keepSecret(trx, attempt, person.id, secret);
  const mail = await linkLetter(ctx, trx, person, { attempt, secret });
  return { mail, person: person.id, tries: attempt.tries, broken };
}

async function afterFault(
  { db, clock }: Context,
  { attempt, tries, address }: { attempt: string; tries: number; address: string },
  fault: Fault,
): Promise<void> {
  const { kind, detail } = fault;
  const now = clock.now();
  if (kind === 'recipient')
    await suppress(db, [{ address, reason: 'refused', since: now, detail, messageId: null }]);
  if (kind === 'message' && isOfServer(fault))
    await noteTroubles(db, [{ address, reason: 'undelivered', at: now, detail, messageId: null }]);
  if (kind === 'recipient' || kind === 'message') return endLink(db, attempt);
  // After one minute, two, three: as often as it can matter before the link is over.
  await tryLinkAgain(db, attempt, tries, new Date(now.getTime() + tries * MINUTE));
}
