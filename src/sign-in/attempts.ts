import type { DbOrTrx, Trx } from '../context.ts';
import type { SignInWay } from '../db/tables.ts';
import { hashOfSecret } from '../http/secrets.ts';
import { newId } from '../ids.ts';

/** An attempt to sign in holds for so long, in milliseconds. */
export const HOLDS = 600_000;

export interface NewAttempt {
  way: SignInWay;
  /** The address that was typed; null with the provider. */
  email: string | null;
  /** The secret in the cookie of the browser that begins. */
  browser: string;
  /** What will come back; null while it is not made yet. */
  secret: string | null;
  /** The page to lead to afterwards; null: their own. */
  back: string | null;
}

/** One insert, whoever it is about: nothing in the time that it takes tells of a person. */
export async function beginAttempt(
  db: DbOrTrx,
  { way, email, browser, secret, back }: NewAttempt,
  now: Date,
): Promise<string> {
  const id = newId(now);
  await db
    .insertInto('signInAttempts')
    .values({
      ...{ id, way, email, back, personId: null, usedAt: null, begunAt: now },
      browserHash: hashOfSecret(browser),
      secretHash: secret === null ? null : hashOfSecret(secret),
      nextTryAt: way === 'link' ? now : null,
      expiresAt: new Date(now.getTime() + HOLDS),
    })
    .execute();
  return id;
}

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
    .returning(['id', 'email', 'tries', 'secretHash'])
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

/** How many mails with a link have been made for an address since then. */
export async function mailsMade(trx: Trx, email: string, since: Date): Promise<number> {
  const { made } = await trx
    .selectFrom('signInAttempts')
    .select((eb) => eb.fn.countAll<string>().as('made'))
    .where((eb) => eb(eb.fn('lower', ['email']), '=', email.toLowerCase()))
    .where('begunAt', '>', since)
    .where('secretHash', 'is not', null)
    .executeTakeFirstOrThrow();
  return Number(made);
}

export async function keepSecret(trx: Trx, id: string, person: string, secret: string) {
  await trx
    .updateTable('signInAttempts')
    .set({ personId: person, secretHash: hashOfSecret(secret) })
    .where('id', '=', id)
    .execute();
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
