import type { FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import type { Claim } from '../http/idempotency.ts';
import { derived, hashOfSecret } from '../http/secrets.ts';

/** A form that is sent twice is one request; one that was changed before is another. */
export function claimOf(
  ctx: Context,
  { session, url }: FastifyRequest,
  once: string,
  fields: Record<string, unknown>,
): Claim {
  const key = derived(once, url, JSON.stringify(fields));
  return {
    credential: `session:${session!.id}`,
    key,
    requestHash: hashOfSecret(key),
    now: ctx.clock.now(),
  };
}
