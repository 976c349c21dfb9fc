import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Context, Db, Trx } from '../context.ts';
import { InvalidInputError, UnprocessableError } from '../errors.ts';

/** A request that may be repeated: who sent it, under which key, and what it asked for. */
export interface Claim {
  credential: string;
  key: string;
  /** SHA-256 over method, address and body. */
  requestHash: Buffer;
  now: Date;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string | null;
}

/** Null when the request carries no `Idempotency-Key`, or is no POST. */
export function claimOf(ctx: Context, request: FastifyRequest): Claim | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined || request.method !== 'POST') return null;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key))
    throw new InvalidInputError(
      'Idempotency-Key is 1 to 255 visible ASCII characters without blanks. A UUID is a good one.',
    );
  const requestHash = createHash('sha256')
    .update(`${request.method} ${request.url}\n`)
    .update(request.rawBody ?? '')
    .digest();
  const { session, actor } = request;
  const credential = session ? `session:${session.id}` : actor.id;
  return { credential, key, requestHash, now: ctx.clock.now() };
}

/**
 * Takes the key for this transaction, or finds the answer that was given under it. The insert waits
 * for a twin in flight: the unique index lets one of them go on, and the other see its outcome.
 *
 * @throws UnprocessableError when the key was used for another request
 */
export async function takeKey(trx: Trx, claim: Claim): Promise<Answer | null> {
  const { credential, key, requestHash, now } = claim;
  const fresh = { requestHash, status: null, headers: null, body: null, createdAt: now };
  const taken = await trx
    .insertInto('idempotencyKeys')
    .values({ credential, key, ...fresh })
    .onConflict((conflict) =>
      conflict
        .columns(['credential', 'key'])
        .doUpdateSet(fresh)
        .where('idempotencyKeys.createdAt', '<=', forgottenBefore(now)),
    )
    .returning('key')
    .executeTakeFirst();
  if (taken) return null;

  const earlier = await trx
    .selectFrom('idempotencyKeys')
    .select(['requestHash', 'status', 'headers', 'body'])
    .where('credential', '=', credential)
    .where('key', '=', key)
    .executeTakeFirstOrThrow();
  if (!earlier.requestHash.equals(requestHash))
    throw new UnprocessableError(
      'idempotency-key-reused',
      'This Idempotency-Key was used for another request. Use a new key for a new request.',
    );
  return { status: earlier.status!, headers: earlier.headers ?? {}, body: earlier.body };
}

export async function keepAnswer(trx: Trx, { credential, key }: Claim, answer: Answer) {
  await trx
    .updateTable('idempotencyKeys')
    .set({ status: answer.status, headers: JSON.stringify(answer.headers), body: answer.body })
    .where('credential', '=', credential)
    .where('key', '=', key)
    .execute();
}

/** Drops the answers that nobody can ask for again. */
export async function forgetOldKeys(db: Db, now: Date): Promise<void> {
  await db.deleteFrom('idempotencyKeys').where('createdAt', '<=', forgottenBefore(now)).execute();
}

const forgottenBefore = (now: Date) => new Date(now.getTime() - 24 * 3_600_000);
