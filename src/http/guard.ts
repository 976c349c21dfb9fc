import type { FastifyRequest } from 'fastify';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { isKeepable } from '../db/keepable.ts';
import { ForbiddenError, NotFoundError } from '../errors.ts';
import { actingBy, can, readsNothing, type Subject } from '../policy/can.ts';
import type { PolicyName } from '../policy/table.ts';
import type { Answers } from './answers.ts';
import type { App, SessionOf, SubjectOf } from './app.ts';
import { authenticate } from './authenticate.ts';
import { Callers, usualLimits } from './callers.ts';
import { UnauthenticatedError } from './http-errors.ts';
import type { Unchanged } from './unchanged.ts';

export interface GuardOptions {
  /** Whom it lets in. Left out: those of this guard alone, within the usual limits. */
  callers?: Callers;
  /** Finds whose session a request comes from. Left out: there are keys only. */
  sessionOf?: SessionOf;
  /** What was answered before. Left out: nothing is remembered. */
  answers?: Answers;
  /** Tells what is unchanged in front of everything else. Left out: nothing does. */
  unchanged?: Unchanged;
}

/**
 * Decides at the root, before a body is read, whether a request may go on: 429 for an address, then
 * 401, 429 for a caller, 404, 403. Hooks of a room could be forgotten; this one sees every request. What
 * the same caller was answered before, and what still stands, is given again without asking further.
 */
export async function installGuard(
  app: App,
  ctx: Context,
  {
    callers = new Callers(usualLimits),
    sessionOf = async () => null,
    answers,
    unchanged,
  }: GuardOptions,
): Promise<void> {
  if (answers) unchanged?.install(app, ctx, answers, callers);

  app.decorateRequest('actor', null as never);
  app.decorateRequest('turnedAway', null);
  app.decorateRequest('refusal', null);
  app.decorateRequest('session', null);
  const whoAsks = async (request: FastifyRequest): Promise<Actor> => {
    const { signedIn } = request.routeOptions.config;
    try {
      if (comesBySession(request)) request.session = await sessionOf(request);
      if (signedIn && !request.session) throw notSignedIn();
      return request.session?.actor ?? (await authenticate(ctx, request.headers.authorization));
    } catch (error) {
      if (error instanceof UnauthenticatedError) request.turnedAway = error.whose;
      throw error;
    }
  };
  app.addHook('onRequest', async (request, reply) => {
    const { policy, subject, subjectWithKey, version } = request.routeOptions.config;
    // An unknown address below /v1 is told to key holders only.
    if (policy === 'public' || (request.is404 && !request.url.startsWith('/v1/'))) {
      if (!isProbe(request)) callers.countAddress(request);
      return;
    }
    const credential = credentialOf(request);
    const { known, actor } = callers.letIn(request, credential, () => whoAsks(request));
    // Of a stranger nothing is asked but who it is; with a known caller's key, all at once.
    if (!known) await actor;
    let standing: string | undefined;
    let about: Subject | null | undefined;
    [request.actor, standing, about] = await Promise.all([
      actor,
      answers && version?.(request),
      subjectWithKey && subject?.(request),
    ]);
    callers.countCaller(request.actor);
    if (standing !== undefined && answers?.again(request, reply, standing)) return reply;
    if (!request.is404) await authorize(request, policy!, subject, about);
  });
}

const comesBySession = ({ headers, routeOptions }: FastifyRequest): boolean =>
  routeOptions.config.signedIn === true || headers.authorization === undefined;

/** What the caller is known by. */
const credentialOf = (request: FastifyRequest): string | undefined =>
  comesBySession(request) ? request.headers.cookie : request.headers.authorization;

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
  const forbidden = () =>
    new ForbiddenError(
      `This is not for the role ${rolesOf(request.actor)} to do. Ask somebody whose role may (${policy}).`,
    );
  if (readsNothing(request.actor) && can(request.actor, policy, null) === 'no') throw forbidden();
  if (!Object.values(request.params as Record<string, string>).every(mayBeName)) throw missing();
  const subject = known ?? (subjectOf ? await subjectOf(request) : null);
  if (subjectOf && subject === null) throw missing();
  switch (can(request.actor, policy, subject)) {
    case 'yes':
      request.actor = actingBy(request.actor, policy, subject);
      return;
    case 'outOfScope':
      throw missing();
    case 'no':
      throw forbidden();
  }
}

/** In UTF-16 units. */
const LONGEST_NAME = 500;

const mayBeName = (text: string): boolean => text.length <= LONGEST_NAME && isKeepable(text);

const rolesOf = ({ grants }: Actor): string =>
  [...new Set(grants.map(({ role }) => role))].join(', ');
