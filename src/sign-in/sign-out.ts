import type { FastifyRequest } from 'fastify';
import type { Context, DbOrTrx } from '../context.ts';
import { endSessions } from './session-store.ts';
import { witness } from './witness.ts';

/** Ends all sessions of a person at somebody else's request. @returns how many were open */
export async function signOut(
  ctx: Context,
  trx: DbOrTrx,
  request: Pick<FastifyRequest, 'actor' | 'id'>,
  person: string,
): Promise<number> {
  const ended = await endSessions(trx, person, ctx.clock.now());
  const by = request.actor.id;
  if (ended > 0)
    await witness(ctx, trx, { type: 'sessionsEnded', person, by, requestId: request.id });
  return ended;
}
