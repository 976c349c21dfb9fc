import type { FastifyRequest } from 'fastify';
import type { Context, DbOrTrx } from '../context.ts';
import type { Session } from '../http/app.ts';
import { readCookie } from '../http/cookies.ts';
import { UnauthenticatedError } from '../http/http-errors.ts';
import { requireSameOrigin } from '../http/same-origin.ts';
import { hashOfSecret } from '../http/secrets.ts';
import { endSessions, stillOpen } from './session-store.ts';
import { mayGoOn } from './who-may.ts';

/**
 * Whose cookie a request carries; null when it carries none. Looked up anew on every request: who
 * has signed out, holds no role any more, or came by a link and is to come through the provider, is
 * refused from then on.
 *
 * @throws UnauthenticatedError when the session is unknown, over, or its person may not go on in it
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
  const actor = row && (await mayGoOn(ctx, ctx.db, { way: row.way, person: row.personId }));
  // Who gets a role again later signs in again.
  if (row && typeof actor === 'string')
    await endSessions(ctx.db, row.personId, now, actor === 'usesProvider' ? row.id : undefined);
  if (!row || !actor || typeof actor === 'string')
    throw new UnauthenticatedError(
      'You are not signed in any more. Sign in again.',
      row ? `person:${row.personId}` : null,
    );
  if (now.getTime() - row.lastSeenAt.getTime() >= NOTED_EVERY)
    void noteUse(ctx.db, row.id, now).catch((err) =>
      ctx.log.warn({ err }, "A session's use was not noted."),
    );
  return { id: row.id, actor, token };
}

const openSession = (db: DbOrTrx, hash: Buffer, now: Date) =>
  stillOpen(db, now)
    .select(['id', 'personId', 'way', 'lastSeenAt'])
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
