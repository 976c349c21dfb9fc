import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context, Db, Trx } from '../context.ts';
import { requireReplySchema } from './complete-routes.ts';
import {
  type Answer,
  type Claim,
  claimOf,
  earlierAnswer,
  keepAnswer,
  orAgain,
} from './idempotency.ts';
import { seal, unseal } from './seal.ts';
import { administered, type Fact, recordFacts } from './witnessed.ts';

/** What a write comes to. Anything but success is thrown. */
export interface Done {
  status: 200 | 201 | 202 | 204;
  body?: unknown;
  etag?: string;
  /** Address of what was created. */
  location?: string;
  /** What is witnessed beside the logs; administrators' acts are, without it. */
  fact?: Fact;
  /** The body holds a secret, which must not lie readable in the database. */
  secret?: true;
}

/**
 * Carries out a request that changes something, in one transaction: the facts, and with an
 * `Idempotency-Key` the answer, so that a repeated request is answered and not done again. Whatever
 * is thrown undoes everything.
 *
 * `act` runs again when the database asks for it (a deadlock), so it must touch nothing but `trx`.
 */
export async function write(
  ctx: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  act: (trx: Trx) => Promise<Done>,
): Promise<void> {
  const credential = request.session?.token ?? request.headers.authorization ?? '';
  const { answer, replayed } = await answeredOnce(ctx.db, claimOf(ctx, request), async (trx) => {
    const done = await act(trx);
    const fact = done.fact ?? administered(request);
    if (fact) await recordFacts(trx, ctx.clock.now(), [fact]);
    const answer = answerOf(request, reply, done);
    return done.secret ? sealed(answer, credential) : answer;
  });
  return sendAnswer(reply, { answer: opened(answer, credential), replayed });
}

/**
 * Does `act` in one transaction with keeping its answer, or gives the answer that was given before to
 * the same claim.
 */
export async function answeredOnce(
  db: Db,
  claim: Claim | null,
  act: (trx: Trx) => Promise<Answer>,
): Promise<Given> {
  const anew = () =>
    retried(() =>
      db.transaction().execute(async (trx): Promise<Given> => {
        const answer = await act(trx);
        if (claim) await keepAnswer(trx, { claim, answer });
        return { answer, replayed: false };
      }),
    );
  const again = (answer: Answer): Given => ({ answer, replayed: true });
  // A file may take long: better not to begin.
  const earlier = claim && (await earlierAnswer(db, claim));
  return earlier ? again(earlier) : orAgain(db, claim, anew, again);
}

/**
 * Answers a request that only asks what it would change. It is repeated under its `Idempotency-Key`
 * like one that changes something.
 */
export async function tryOnly(
  ctx: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  ask: () => Promise<object>,
): Promise<void> {
  const claim = claimOf(ctx, request);
  const earlier = claim && (await earlierAnswer(ctx.db, claim));
  const body = earlier ? undefined : await ask();
  return write(ctx, request, reply, async () => ({ status: 200, body }));
}

/** The answer to a write, and whether it was given before. */
export interface Given {
  answer: Answer;
  replayed: boolean;
}

export function sendAnswer(reply: FastifyReply, { answer, replayed }: Given): undefined {
  if (replayed) reply.header('idempotency-replayed', 'true');
  reply.code(answer.status).headers(answer.headers);
  if (answer.body !== null) reply.type('application/json; charset=utf-8');
  // Fastify wants to see the reply again, which the types of its handlers do not say.
  return reply.send(answer.body ?? undefined) as unknown as undefined;
}

/** Serialized within the transaction: a body that its schema refuses undoes the write. */
export function answerOf(request: FastifyRequest, reply: FastifyReply, done: Done): Answer {
  requireReplySchema(request.routeOptions.schema, done.status);
  reply.code(done.status);
  return {
    status: done.status,
    headers: {
      ...(done.etag !== undefined && { etag: done.etag }),
      ...(done.location !== undefined && { location: done.location }),
    },
    body: done.body === undefined ? null : String(reply.serialize(done.body as object)),
  };
}

const sealed = (answer: Answer, credential: string): Answer => ({
  ...answer,
  body: answer.body && seal(answer.body, credential),
});

const opened = (answer: Answer, credential: string): Answer => ({
  ...answer,
  body: answer.body && unseal(answer.body, credential),
});

const ATTEMPTS = 5;

/** Begins again when the database asks for it. */
export async function retried<T>(attempt: () => Promise<T>, left = ATTEMPTS - 1): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    const { code } = error as { code?: unknown };
    const again = code === SERIALIZATION_FAILURE || code === DEADLOCK;
    if (!again || left === 0) throw error;
    return retried(attempt, left - 1);
  }
}

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
