import type { Context } from '../../src/context.ts';
import { cookieHeader } from '../../src/http/cookies.ts';
import { startSession } from '../../src/sign-in/session-store.ts';

/** The headers of a browser in which a person has signed in. */
export async function sessionOf(
  { db, clock, config }: Context,
  person: string,
  browser = 'x',
): Promise<{ cookie: string; origin: string }> {
  const token = await db
    .transaction()
    .execute((trx) => startSession(trx, { person, way: 'link', browser }, clock.now()));
  const cookie = cookieHeader(config, 'session', token).split(';')[0]!;
  return { cookie, origin: new URL(config.publicUrl).origin };
}
