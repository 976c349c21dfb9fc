import type { FastifyRequest } from 'fastify';
import type { Context, DbOrTrx } from '../context.ts';
import { keepable } from '../db/keepable.ts';
import { newId } from '../ids.ts';
import type { App } from './app.ts';
import { isDatabaseGone } from './database-gone.ts';

/** What is witnessed of people's and programs' doings, beside the logs of the planning years. */
export const FACT_KINDS = [
  'signedIn',
  'signedOut',
  'refused',
  'forced',
  'exported',
  'administered',
] as const;

export interface Fact {
  kind: (typeof FACT_KINDS)[number];
  /** The actor's id; null or left out: nobody who is known. */
  actor?: string | null;
  requestId: string | null;
  planningYear?: string | null;
  /** Names and numbers; never a secret, a token, a link, or somebody's words. */
  detail: Record<string, unknown>;
}

/** Writes facts down for good: in the transaction of what they witness, where there is one. */
export async function recordFacts(db: DbOrTrx, at: Date, facts: Fact[]): Promise<void> {
  if (facts.length === 0) return;
  await db
    .insertInto('auditEntries')
    .values(
      facts.map(({ kind, actor, requestId, planningYear, detail }) => ({
        id: newId(at),
        at,
        kind,
        actor: actor ?? 'nobody',
        requestId,
        planningYearId: planningYear ?? null,
        detail: JSON.stringify(detail),
      })),
    )
    .execute();
}

/** The fact that a request is about, with what the log may tell of it. */
export const factOf = (
  request: FastifyRequest,
  kind: Fact['kind'],
  detail: Record<string, unknown> = {},
): Fact => ({
  kind,
  actor: request.actor?.id ?? request.turnedAway,
  requestId: request.id,
  detail: { method: request.method, route: request.routeOptions.url ?? null, ...detail },
});

/** What the charts alone would not have brought: a correction, by its entry in the year's log. */
export const forced = (
  request: FastifyRequest,
  planningYear: string,
  { type, seq }: { type: string; seq: number },
): Fact => ({ ...factOf(request, 'forced', { type, seq }), planningYear });

/** The act itself, for a write that an administrator did; null for the others. */
export const administered = (request: FastifyRequest): Fact | null =>
  ADMINISTRATIVE.test(request.routeOptions.config.policy ?? '')
    ? factOf(request, 'administered', { ...named(request), ...(isTryOut(request) && TRIED_OUT) })
    : null;

/** Of an act that is only tried out nothing comes. */
const TRIED_OUT = { dryRun: true };

const isTryOut = ({ query }: FastifyRequest): boolean =>
  (query as { dryRun?: unknown } | undefined)?.dryRun === 'true';

const ADMINISTRATIVE = /\.(manage|set|run|release|open|reorganize)$/;

/**
 * Witnesses refusals and exports once they have been answered. They are gathered for a moment and
 * written together, so that a flood of refused requests is no flood of writes; beyond what is gathered
 * at most, they are only counted.
 */
export function installWitness(app: App, ctx: Context): void {
  let waiting: Fact[] = [];
  let uncounted = 0;
  let timer: NodeJS.Timeout | undefined;
  const flush = async () => {
    clearTimeout(timer);
    timer = undefined;
    const facts = waiting;
    if (uncounted > 0)
      facts.push({ kind: 'refused', requestId: null, detail: { more: uncounted } });
    waiting = [];
    uncounted = 0;
    await recordFacts(ctx.db, ctx.clock.now(), facts).catch(async (err) => {
      // One that can't be kept keeps none of the others out.
      for (const fact of isDatabaseGone(err) ? [] : facts)
        await recordFacts(ctx.db, ctx.clock.now(), [fact]).catch((err) => lost(err, 1));
      if (isDatabaseGone(err)) lost(err, facts.length);
    });
  };
  const lost = (err: unknown, facts: number) =>
    ctx.log.error({ err, facts }, 'What was witnessed could not be written down.');
  app.addHook('onResponse', (request, reply, done) => {
    const fact = witnessed(request, reply.statusCode, String(reply.getHeader('content-type')));
    if (fact && waiting.length >= MOST) uncounted += 1;
    else if (fact) waiting.push(fact);
    if (fact) timer ??= setTimeout(flush, MOMENT).unref();
    done();
  });
  app.addHook('onClose', flush);
}

/** In milliseconds. */
const MOMENT = 250;
const MOST = 1000;

function witnessed(request: FastifyRequest, status: number, type: string): Fact | null {
  if (status === 401 || status === 403 || (status === 404 && isAboutOne(request)))
    return factOf(request, 'refused', { status, ...named(request, ID), ...request.refusal });
  if (status === 200 && request.method === 'GET' && FILE.test(type) && request.actor)
    return factOf(request, 'exported', { type: type.split(';')[0] });
  return null;
}

/** What is out of reach is answered like what does not exist; whoever knocks there is witnessed. */
const isAboutOne = (request: FastifyRequest): boolean =>
  request.actor !== null && request.routeOptions.config.subject !== undefined;

const FILE = /^(text\/csv|application\/x-ndjson)/;

/** What a request names in its path, as far as that is no secret and looks like this. */
const named = ({ params }: FastifyRequest, like = /^/): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries((params ?? {}) as Record<string, string>)
      .filter(([name, value]) => NAMES.has(name) && like.test(value))
      .map(([name, value]) => [name, keepable(value, 100)]),
  );

/** What somebody pastes by mistake, a key or the secret of a link, is longer or has other letters. */
const ID = /^[\dA-Za-z-]{1,40}$/;

const NAMES = new Set(['id', 'program', 'year', 'code', 'rcdts']);
