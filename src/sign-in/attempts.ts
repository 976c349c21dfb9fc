import type { DbOrTrx, Trx } from '../context.ts';
import type { SignInWay } from '../db/tables.ts';
import { hashOfSecret } from '../http/secrets.ts';
import { newId } from '../ids.ts';

/** An attempt to sign in holds for so long, in milliseconds. */
export const HOLDS = 600_000;

/** An attempt that begins in a browser. */
export interface Beginning {
  /** The secret in the browser's cookie. */
  browser: string;
  /** The page to lead to afterwards; null: their own. */
  back: string | null;
}

/** Begins to sign in with the provider. @param secret what it will bring back */
export async function beginWithProvider(
  db: DbOrTrx,
  { browser, back, secret }: Beginning & { secret: string },
  now: Date,
): Promise<void> {
  await db
    .insertInto('signInAttempts')
    .values({
      ...attemptOf('provider', { browser, back }, now),
      ...{ email: null, asker: null, nextTryAt: null, secretHash: hashOfSecret(secret) },
    })
    .execute();
}

/**
 * Begins to sign in by a link. Whoever asks once more in the same browser while their link lives gets
 * the same link, which holds anew. The same statements, whoever it is about: nothing in the time that
 * they take tells of a person.
 *
 * @param email as it was typed
 * @param asker a digest of the network address that asks
 */
export async function beginWithLink(
  trx: Trx,
  { browser, back, email, asker }: Beginning & { email: string; asker: Buffer },
  now: Date,
): Promise<string> {
  const attempt = attemptOf('link', { browser, back }, now);
  const living = await trx
    .updateTable('signInAttempts')
    .set({ back, nextTryAt: now, tries: 0, expiresAt: attempt.expiresAt })
    .where('way', '=', 'link')
    .where('browserHash', '=', attempt.browserHash)
    .where((eb) => eb(eb.fn('lower', ['email']), '=', email.toLowerCase()))
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .returning('id')
    .executeTakeFirst();
  if (living) return living.id;
  await trx
    .insertInto('signInAttempts')
    .values({ ...attempt, email, asker, nextTryAt: now, secretHash: null })
    .execute();
  return attempt.id;
}

const attemptOf = (way: SignInWay, { browser, back }: Beginning, now: Date) => ({
  ...{ id: newId(now), way, back, personId: null, usedAt: null, begunAt: now },
  browserHash: hashOfSecret(browser),
  expiresAt: new Date(now.getTime() + HOLDS),
});

/** Links whose mail is to be tried by now. */
export const linksToMail = (db: DbOrTrx, now: Date) =>
  db
    .selectFrom('signInAttempts')
    .select('id')
    .where('nextTryAt', '<=', now)
    .where('expiresAt', '>', now)
    .where('usedAt', 'is', null)
    .execute();

/** Longer than a mail may take; a process that dies over it leaves it to another. */
const LEASE = 120_000;

/**
 * Claims a link whose mail is to be made, and counts the try; undefined when it is made, or not wanted any more.
 */
export const claimLink = (trx: Trx, id: string, now: Date) =>
  trx
    .updateTable('signInAttempts')
    .set(({ eb }) => ({
      tries: eb('tries', '+', 1),
      nextTryAt: new Date(now.getTime() + LEASE),
    }))
    .where('id', '=', id)
    .where('nextTryAt', '<=', now)
    .where('expiresAt', '>', now)
    .where('usedAt', 'is', null)
    .returning(['id', 'email', 'asker', 'tries', 'mails', 'secretHash'])
    .executeTakeFirst();

/** @param tries how many there have been */
export async function tryLinkAgain(db: DbOrTrx, id: string, tries: number, at: Date) {
  await db
    .updateTable('signInAttempts')
    .set({ tries, nextTryAt: at })
    .where('id', '=', id)
    .execute();
}

/** There is no mail to send any more. */
export async function endLink(db: DbOrTrx, id: string) {
  await db.updateTable('signInAttempts').set({ nextTryAt: null }).where('id', '=', id).execute();
}

/**
 * How many links have been mailed to an address for one asker since then: whoever else asks in
 * somebody's name takes nothing from them.
 */
export async function linksMade(
  trx: Trx,
  { email, asker }: { email: string | null; asker: Buffer | null },
  since: Date,
): Promise<number> {
  const { made } = await trx
    .selectFrom('signInAttempts')
    .select((eb) => eb.fn.coalesce(eb.fn.sum<string>('mails'), eb.lit(0)).as('made'))
    .where((eb) => eb(eb.fn('lower', ['email']), '=', (email ?? '').toLowerCase()))
    .where('asker', '=', asker)
    .where('begunAt', '>', since)
    .executeTakeFirstOrThrow();
  return Number(made);
}

/** Notes whom a link lets in. A mail that only follows another of the same request is not counted. */
export async function keepSecret(
  trx: Trx,
  { id, mails, tries }: { id: string; mails: number; tries: number },
  person: string,
  secret: string,
) {
  await trx
    .updateTable('signInAttempts')
    .set({
      personId: person,
      secretHash: hashOfSecret(secret),
      mails: tries === 1 ? mails + 1 : mails,
    })
    .where('id', '=', id)
    .execute();
}

/**
 * Where an attempt leads to whoever it has let in already; undefined while it may let somebody in yet.
 * One that is forgotten, or of somebody else, leads to their own page.
 */
export async function whereUsedLeads(
  db: DbOrTrx,
  way: SignInWay,
  secret: string,
  person: string,
  now: Date,
): Promise<string | null | undefined> {
  const row = await db
    .selectFrom('signInAttempts')
    .select(['usedAt', 'expiresAt', 'personId', 'back'])
    .where('way', '=', way)
    .where('secretHash', '=', hashOfSecret(secret))
    .executeTakeFirst();
  if (row && row.usedAt === null && row.expiresAt > now) return undefined;
  // The provider names the person only afterwards; whoever holds its answer is the one.
  const isTheirs = row && (row.personId ?? person) === person;
  return isTheirs ? row.back : null;
}

/** Why an attempt comes to nothing: for the log, never for the caller. */
export type Refusal = 'unknown' | 'used' | 'expired' | 'otherBrowser';

export interface Redeemed {
  id: string;
  person: string | null;
  email: string | null;
  back: string | null;
}

/**
 * Uses an attempt up, in one statement: of two that come with the same secret one goes on.
 *
 * @returns the person, null while the provider has not named them, and the page to lead to; or why not
 */
export async function redeem(
  db: DbOrTrx,
  way: SignInWay,
  secret: string,
  browser: string | null,
  now: Date,
): Promise<Redeemed | Refusal> {
  if (browser !== null) {
    const used = await db
      .updateTable('signInAttempts')
      .set({ usedAt: now })
      .where('way', '=', way)
      .where('secretHash', '=', hashOfSecret(secret))
      .where('browserHash', '=', hashOfSecret(browser))
      .where('usedAt', 'is', null)
      .where('expiresAt', '>', now)
      .returning(['id', 'personId as person', 'email', 'back'])
      .executeTakeFirst();
    if (used) return used;
  }
  return refusalOf(db, way, secret, now);
}

async function refusalOf(db: DbOrTrx, way: SignInWay, secret: string, now: Date) {
  const row = await db
    .selectFrom('signInAttempts')
    .select(['usedAt', 'expiresAt'])
    .where('way', '=', way)
    .where('secretHash', '=', hashOfSecret(secret))
    .executeTakeFirst();
  if (!row) return 'unknown';
  if (row.usedAt !== null) return 'used';
  return row.expiresAt <= now ? 'expired' : 'otherBrowser';
}
