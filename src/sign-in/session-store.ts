import type { DbOrTrx, Trx } from '../context.ts';
import type { SignInWay } from '../db/tables.ts';
import { hashOfSecret, newSecret } from '../http/secrets.ts';
import { newId } from '../ids.ts';

/** A session ends when nothing is asked for so long, in milliseconds. */
const IDLE = 3_600_000;

/** A session ends so long after it began, in milliseconds, whatever is done in it. */
const LONGEST = 12 * 3_600_000;

export interface SessionView {
  id: string;
  way: SignInWay;
  browser: string;
  createdAt: Date;
  lastSeenAt: Date;
}

/** Begins a session; its secret is in the result and nowhere else. */
export async function startSession(
  trx: Trx,
  { person, way, browser }: { person: string; way: SignInWay; browser: string },
  now: Date,
): Promise<string> {
  const token = newSecret();
  await trx
    .insertInto('sessions')
    .values({
      ...{ id: newId(now), personId: person, way, browser },
      tokenHash: hashOfSecret(token),
      ...{ createdAt: now, lastSeenAt: now, endedAt: null },
      expiresAt: new Date(now.getTime() + LONGEST),
    })
    .execute();
  return token;
}

/** Ends the session of a cookie, if it has one. @returns whose it was */
export async function endSessionOf(db: DbOrTrx, token: string, now: Date): Promise<string | null> {
  const row = await db
    .updateTable('sessions')
    .set({ endedAt: now })
    .where('tokenHash', '=', hashOfSecret(token))
    .where('endedAt', 'is', null)
    .returning('personId')
    .executeTakeFirst();
  return row?.personId ?? null;
}

/** Ends one session of a person, or all of them: refused from the next request on. */
export async function endSessions(
  db: DbOrTrx,
  person: string,
  now: Date,
  id?: string,
): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('sessions')
    .set({ endedAt: now })
    .where('personId', '=', person)
    .where('endedAt', 'is', null)
    .$if(id !== undefined, (query) => query.where('id', '=', id!))
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** A person's open sessions, newest first. */
export const openSessions = (db: DbOrTrx, person: string, now: Date): Promise<SessionView[]> =>
  stillOpen(db, now)
    .select(['id', 'way', 'browser', 'createdAt', 'lastSeenAt'])
    .where('personId', '=', person)
    .orderBy('id', 'desc')
    .execute();

/** The sessions that nothing and nobody has ended. */
export const stillOpen = (db: DbOrTrx, now: Date) =>
  db
    .selectFrom('sessions')
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', now)
    .where('lastSeenAt', '>', new Date(now.getTime() - IDLE));
