import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import type { Context, Db, Trx } from '../context.ts';
import { type Lookup, lookUp } from '../db/gathered.ts';
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
 * What was answered to this request before; null when nothing was.
 *
 * @throws UnprocessableError when the key was used for another request
 */
export async function earlierAnswer(db: Db, claim: Claim): Promise<Answer | null> {
  const kept = await lookUp(db, answerByName, `${claim.credential} ${claim.key}`);
  if (!kept || kept.createdAt <= forgottenBefore(claim.now).getTime()) return null;
  if (kept.requestHash !== claim.requestHash.toString('hex'))
    throw new UnprocessableError(
      'idempotency-key-reused',
      'This Idempotency-Key was used for another request. Use a new key for a new request.',
    );
  return { status: kept.status, headers: kept.headers, body: kept.body };
}

/** Neither credentials nor keys hold blanks. */
const answerByName: Lookup<Answer & { requestHash: string; createdAt: number }> = {
  names: 'text[]',
  text: `
    select n as name, json_build_object('status', i.status, 'headers', i.headers, 'body', i.body,
      'requestHash', encode(i.request_hash, 'hex'),
      'createdAt', extract(epoch from i.created_at) * 1000) as found
    from unnest(@names) n join idempotency_keys i
      on i.credential = split_part(n, ' ', 1) and i.key = split_part(n, ' ', 2)`,
};

/** Another request under the same key came first: ask for its answer, which is there now. */
export class TwinError extends Error {
  override name = 'TwinError';
  constructor() {
    super('A request under the same Idempotency-Key was answered meanwhile.');
  }
}

/**
 * Keeps answers in the transaction of what they tell of. Waits for a twin in flight: the unique index
 * lets one of them be. In one order, so that nobody waits in a circle.
 *
 * @param given no two under one key
 * @throws TwinError when a twin was there first: what was done must be undone
 */
export async function keepAnswers(
  trx: Trx,
  given: { claim: Claim; answer: Answer }[],
): Promise<void> {
  const [first] = given;
  if (!first) return;
  const { now } = first.claim;
  const rows = given.map(({ claim: { credential, key, requestHash }, answer }) => ({
    ...{ credential, key, hash: requestHash.toString('hex') },
    ...answer,
  }));
  const { rows: kept } = await sql`
    insert into idempotency_keys (credential, key, request_hash, status, headers, body, created_at)
    select credential, key, decode(hash, 'hex'), status, headers, body, ${now}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as g (credential text, key text, hash text, status int, headers jsonb, body text)
    order by credential, key
    on conflict (credential, key) do update set request_hash = excluded.request_hash,
      status = excluded.status, headers = excluded.headers, body = excluded.body,
      created_at = excluded.created_at
      where idempotency_keys.created_at <= ${forgottenBefore(now)}
    returning 1`.execute(trx);
  if (kept.length < given.length) throw new TwinError();
}

/**
 * Does `act`, which keeps its answer; `again` tells of one that was given before. Whatever a request
 * is refused for may be what it has done itself when it came first, so that is looked up then: a
 * repeated request pays for it, and not every other.
 */
export async function orAgain<T>(
  db: Db,
  claim: Claim | null,
  act: () => Promise<T>,
  again: (earlier: Answer) => T,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const earlier = claim && (await earlierAnswer(db, claim));
    if (earlier) return again(earlier);
    throw error;
  }
}

/** Drops the answers that nobody can ask for again. */
export async function forgetOldKeys(db: Db, now: Date): Promise<void> {
  await db.deleteFrom('idempotencyKeys').where('createdAt', '<=', forgottenBefore(now)).execute();
}

const forgottenBefore = (now: Date) => new Date(now.getTime() - 24 * 3_600_000);
