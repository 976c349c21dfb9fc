import { timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { ForbiddenError } from '../errors.ts';
import { preferredType } from '../http/accept.ts';
import type { App } from '../http/app.ts';
import { cookieHeader, readCookie } from '../http/cookies.ts';
import { acceptForms } from '../http/input.ts';
import { answerTo, problem, sendProblem } from '../http/problems.ts';
import { requireSameOrigin } from '../http/same-origin.ts';
import { derived, hashOfSecret, newSecret } from '../http/secrets.ts';
import { PAGE_HEADERS } from './layout.ts';
import { problemPage } from './pages.ts';

/** Pages for people: they take forms of our own alone, and tell what went wrong as a page. */
export function pageScope(app: App, ctx: Context, routes: (scope: App) => void): void {
  app.register(async (scope: App) => {
    acceptForms(scope);
    scope.addHook('onRequest', async (request, reply) => {
      reply.headers(PAGE_HEADERS);
      requireSameOrigin(ctx.config, request);
    });
    scope.setErrorHandler((error, request, reply) => {
      if (!wantsPage(request)) return sendProblem(error, request, reply);
      const { status, code, detail, headers } = answerTo(error);
      if (status >= 500) request.log.error({ err: error }, 'A request failed.');
      const { title } = problem(status, code, detail, request.id);
      reply.code(status).headers({ ...headers, ...PAGE_HEADERS });
      return reply.send(problemPage(baseOf(ctx), title, detail));
    });
    routes(scope);
  });
}

const wantsPage = ({ headers }: FastifyRequest): boolean => {
  try {
    return preferredType(headers.accept, ['application/json', 'text/html']) === 'text/html';
  } catch {
    return false;
  }
};

/** What stands in front of every address of ours. */
export const baseOf = ({ config }: Context): string =>
  new URL(config.publicUrl).pathname.replace(/\/$/, '');

/** What a form of a page sends back: it follows from a cookie, which no other site can read. */
export const proofOf = (cookie: string): string => derived(cookie, 'form');

/** @throws ForbiddenError when the form was not made for the browser with this cookie */
export function requireProof(cookie: string | null, proof: string): void {
  if (cookie === null || !timingSafeEqual(hashOfSecret(proof), hashOfSecret(proofOf(cookie))))
    throw new ForbiddenError(
      'This page was open for too long, or cookies are switched off. Go back, reload it, and try again.',
    );
}

/** The secret that binds what begins here to this browser; sets a new one where there is none. */
export function browserOf(ctx: Context, request: FastifyRequest, reply: FastifyReply): string {
  const browser = readCookie(ctx.config, 'browser', request.headers.cookie) ?? newSecret();
  reply.header('set-cookie', cookieHeader(ctx.config, 'browser', browser, BROWSER_SECONDS));
  return browser;
}

/** Longer than a page is left open before its form is sent. */
const BROWSER_SECONDS = 86_400;
