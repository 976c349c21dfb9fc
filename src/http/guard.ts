import type { FastifyRequest } from 'fastify';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { isKeepable } from '../db/keepable.ts';
import { ForbiddenError, NotFoundError } from '../errors.ts';
import { actingBy, can, type Subject } from '../policy/can.ts';
import type { PolicyName } from '../policy/table.ts';
import type { Answers } from './answers.ts';
import type { App, SessionOf, SubjectOf } from './app.ts';
import { authenticate, bootstrap } from './authenticate.ts';
import { UnauthenticatedError } from './http-errors.ts';
import { addressOf, limiter } from './limiter.ts';
import type { Unchanged } from './unchanged.ts';

/** Requests that one key or person, or one address without either, may make within {@link WINDOW}. */
export interface Limits {
  perKey: number;
  perAddress: number;
  /** Acts of signing in that one address may make within ten minutes. */
  perSignIn?: number;
}

export interface GuardOptions {
  limits?: Limits;
  /** Finds whose session a request comes from. Left out: there are keys only. */
  sessionOf?: SessionOf;
  /** What was answered before. Left out: nothing is remembered. */
  answers?: Answers;
  /** Tells what is unchanged in front of everything else. Left out: nothing does. */
  unchanged?: Unchanged;
}

const WINDOW = 10_000;
/** 200 a second for a key or a person, 50 for whoever has none, each spread over ten seconds. */
export const usualLimits: Limits = { perKey: 2000, perAddress: 500 };

/**
 * Decides at the root, before a body is read, whether a request may go on: 401, then 429, 404, 403.
 * Hooks of a room could be forgotten; this one sees every request. What the same caller was answered
 * before, and what still stands, is given again without asking further.
 */
export async function installGuard(
  app: App,
  ctx: Context,
  { limits = usualLimits, sessionOf = async () => null, answers, unchanged }: GuardOptions,
): Promise<void> {
  const countCaller = limiter(app, limits.perKey, WINDOW);
  const countAddress = limiter(app, limits.perAddress, WINDOW);

  if (answers) unchanged?.install(app, ctx, answers, countCaller);

  app.decorateRequest('actor', null as never);
  app.decorateRequest('turnedAway', null);
  app.decorateRequest('refusal', null);
  app.decorateRequest('session', null);
  const whoAsks = async (request: FastifyRequest): Promise<Actor> => {
    const { authorization } = request.headers;
    const { signedIn } = request.routeOptions.config;
    if (signedIn || authorization === undefined) request.session = await sessionOf(request);
    if (signedIn && !request.session) throw notSignedIn();
    return request.session?.actor ?? authenticate(ctx, authorization);
  };
  app.addHook('onRequest', async (request, reply) => {
    const { policy, subject, subjectWithKey, version } = request.routeOptions.config;
    // An unknown address below /v1 is told to key holders only.
    if (policy === 'public' || (request.is404 && !request.url.startsWith('/v1/'))) {
      if (!isProbe(request)) await countAddress(addressOf(request));
      return;
    }
    let standing: string | undefined;
    let about: Subject | null | undefined;
    try {
      [request.actor, standing, about] = await Promise.all([
        whoAsks(request),
        answers && version?.(request),
        subjectWithKey && subject?.(request),
      ]);
    } catch (error) {
      if (error instanceof UnauthenticatedError) request.turnedAway = error.whose;
      await countAddress(addressOf(request));
      throw error;
    }
    if (request.actor !== bootstrap) await countCaller(request.actor.id);
    if (standing !== undefined && answers?.again(request, reply, standing)) return reply;
    if (!request.is404) await authorize(request, policy!, subject, about);
  });
}

const notSignedIn = () =>
  new UnauthenticatedError(
    'This page is for people, who sign in at /sign-in. A program finds the same below /v1.',
  );

/** What operators' machines ask for all the time. */
const isProbe = (request: FastifyRequest) =>
  ['/livez', '/readyz', '/metrics'].includes(request.routeOptions.url ?? '');

async function authorize(
  request: FastifyRequest,
  policy: Exclude<PolicyName, 'public'>,
  subjectOf: SubjectOf | undefined,
  known: Subject | null | undefined,
): Promise<void> {
  const missing = () =>
    new NotFoundError('There is no such thing, or it is outside of what your key reaches.');
  if (!Object.values(request.params as Record<string, string>).every(isKeepable)) throw missing();
  const subject = known ?? (subjectOf ? await subjectOf(request) : null);
  if (subjectOf && subject === null) throw missing();
  switch (can(request.actor, policy, subject)) {
    case 'yes':
      request.actor = actingBy(request.actor, policy, subject);
      return;
    case 'outOfScope':
      throw missing();
    case 'no':
      throw new ForbiddenError(
        `This is not for the role ${rolesOf(request.actor)} to do. Ask somebody whose role may (${policy}).`,
      );
  }
}

const rolesOf = ({ grants }: Actor): string =>
  [...new Set(grants.map(({ role }) => role))].join(', ');
