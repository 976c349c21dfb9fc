import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { type RawBuilder, sql } from 'kysely';
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
      [
        {
          pointer: 'Idempotency-Key',
          detail: 'must be 1 to 255 visible ASCII characters, for example a UUID',
        },
      ],
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
  constructor(options?: ErrorOptions) {
    super('A request under the same Idempotency-Key was answered meanwhile.', options);
  }
}

/** An answer, and the request that it was given to. */
export interface GivenAnswer {
  claim: Claim;
  answer: Answer;
}

/**
 * Keeps an answer in the transaction of what it tells of. Waits for a twin in flight: the unique index
 * lets one of them be.
 *
 * @throws TwinError when a twin was there first; the transaction can only be rolled back
 */
export async function keepAnswer(trx: Trx, given: GivenAnswer): Promise<void> {
  try {
    await sql`${insertAnswers([given])}`.execute(trx);
  } catch (error) {
    throw twinOr(error);
  }
}

/**
 * A statement that keeps answers, in one order, so that nobody waits in a circle. It fails when one
 * of them is there already, and with it the statement that it is a part of: see {@link twinOr}.
 *
 * @param only a relation of which a row has the id that an answer is `of`; the others are not kept
 */
export const insertAnswers = (
  given: readonly (GivenAnswer & { of?: string })[],
  only?: RawBuilder<unknown>,
): RawBuilder<unknown> => sql`
  insert into idempotency_keys (credential, key, request_hash, status, headers, body, created_at)
  select g.credential, g.key, decode(g.hash, 'hex'), g.status, g.headers, g.body, g."at"
  from jsonb_to_recordset(${JSON.stringify(given.map(answerRow))}::jsonb)
    as g ("of" uuid, credential text, key text, hash text, status int, headers jsonb, body text,
      "at" timestamptz)
  ${only ? sql`join ${only} on ${only}.id = g."of"` : sql``}
  order by g.credential, g.key`;

const answerRow = ({ claim, answer, of }: GivenAnswer & { of?: string }) => ({
  ...{ of, credential: claim.credential, key: claim.key, at: claim.now },
  ...{ hash: claim.requestHash.toString('hex'), ...answer },
});

/** What a fault of the database means when it comes from keeping an answer. */
export function twinOr(error: unknown): unknown {
  const { code, constraint } = error as { code?: string; constraint?: string };
  return code === UNIQUE_VIOLATION && constraint === 'idempotency_keys_pkey'
    ? new TwinError({ cause: error })
    : error;
}

const UNIQUE_VIOLATION = '23505';

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
    if (!claim || !(error instanceof TwinError)) throw error;
    // It was too old to be told, and only waited to be dropped.
    await forgetOldKeys(db, claim.now);
    return act();
  }
}

/** Drops the answers that nobody can ask for again. */
export async function forgetOldKeys(db: Db, now: Date): Promise<void> {
  await db.deleteFrom('idempotencyKeys').where('createdAt', '<=', forgottenBefore(now)).execute();
}

const forgottenBefore = (now: Date) => new Date(now.getTime() - 24 * 3_600_000);
