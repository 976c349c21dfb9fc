import type { Db, Trx } from '../context.ts';

const DAY = 86_400_000;

/**
 * Drops attempts to sign in, with the addresses that were typed, and sessions, once they have been
 * over for a day.
 */
export async function forgetSignIns(db: Db, now: Date): Promise<void> {
  const before = new Date(now.getTime() - DAY);
  await db.deleteFrom('signInAttempts').where('expiresAt', '<=', before).execute();
  await db.deleteFrom('sessions').where('expiresAt', '<=', before).execute();
}

/** Ends every session: a backup holds some that have been ended since it was made. */
export async function signEverybodyOut(trx: Trx): Promise<void> {
  await trx.deleteFrom('signInAttempts').execute();
  await trx.deleteFrom('sessions').execute();
}
