import type { FastifyRequest } from 'fastify';
import type { Context, DbOrTrx } from '../context.ts';
import type { Session } from '../http/app.ts';
import { readCookie } from '../http/cookies.ts';
import { UnauthenticatedError } from '../http/http-errors.ts';
import { requireSameOrigin } from '../http/same-origin.ts';
import { hashOfSecret } from '../http/secrets.ts';
import { actorOfPerson } from '../people/actor-of-person.ts';
import { endSessions, stillOpen } from './session-store.ts';

/**
 * Whose cookie a request carries; null when it carries none. Looked up anew on every request: who
 * has signed out, or holds no role any more, is refused from then on.
 *
 * @throws UnauthenticatedError when the session is unknown, over, or its person holds no role
 * @throws ForbiddenError when another site made the browser ask
 */
export async function sessionOf(
  ctx: Context,
  request: Pick<FastifyRequest, 'method' | 'headers'>,
): Promise<Session | null> {
  const token = readCookie(ctx.config, 'session', request.headers.cookie);
  if (token === null) return null;
  requireSameOrigin(ctx.config, request);

  const now = ctx.clock.now();
  const row = await openSession(ctx.db, hashOfSecret(token), now);
  const actor = row && (await actorOfPerson(ctx.db, ctx, row.personId));
  // Who gets a role again later signs in again.
  if (row && !actor) await endSessions(ctx.db, row.personId, now);
  if (!row || !actor)
    throw new UnauthenticatedError('You are not signed in any more. Sign in again.');
  if (now.getTime() - row.lastSeenAt.getTime() >= NOTED_EVERY)
    void noteUse(ctx.db, row.id, now).catch((err) =>
      ctx.log.warn({ err }, "A session's use was not noted."),
    );
  return { id: row.id, actor, token };
}

const openSession = (db: DbOrTrx, hash: Buffer, now: Date) =>
  stillOpen(db, now)
    .select(['id', 'personId', 'lastSeenAt'])
    .where('tokenHash', '=', hash)
    .executeTakeFirst();

const NOTED_EVERY = 60_000;

async function noteUse(db: DbOrTrx, id: string, now: Date): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ lastSeenAt: now })
    .where('id', '=', id)
    .where('lastSeenAt', '<=', new Date(now.getTime() - NOTED_EVERY))
    .execute();
}
