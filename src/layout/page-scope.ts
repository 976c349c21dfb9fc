import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { preferredType } from '../http/accept.ts';
import type { App } from '../http/app.ts';
import { baseOf } from '../http/base.ts';
import { forgottenCookie } from '../http/cookies.ts';
import { UnauthenticatedError } from '../http/http-errors.ts';
import { acceptForms } from '../http/input.ts';
import { answerTo, sendProblem } from '../http/problems.ts';
import { requireSameOrigin } from '../http/same-origin.ts';
import { PAGE_HEADERS } from './layout.ts';
import { problemPage } from './problem-page.ts';
import { pageAsked, wayIn } from './way-back.ts';

/**
 * Pages for people: they take forms of our own alone, tell what went wrong as a page, and show the
 * way in to whoever is nobody yet.
 *
 * @param formLimit in bytes, where forms hold more than a line or two
 */
export function pageScope(
  app: App,
  ctx: Context,
  routes: (scope: App) => void,
  formLimit?: number,
): void {
  app.register(async (scope: App) => {
    acceptForms(scope, formLimit);
    scope.addHook('onRequest', async (request, reply) => {
      reply.headers(PAGE_HEADERS);
      requireSameOrigin(ctx.config, request);
    });
    scope.setErrorHandler((error, request, reply) => {
      if (!wantsPage(request)) return sendProblem(error, request, reply);
      if (error instanceof UnauthenticatedError) {
        reply.header('set-cookie', forgottenCookie(ctx.config, 'session'));
        // A form is told that it came to nothing.
        if (request.method !== 'POST')
          return reply.redirect(wayIn(baseOf(ctx), pageAsked(request.url)), 303);
      }
      return sendPage(ctx, error, request, reply);
    });
    routes(scope);
  });
}

/** Tells what failed as a page, where a browser asks for one outside of the API. */
export const tellPeople =
  (ctx: Context) =>
  (error: unknown, request: FastifyRequest, reply: FastifyReply): boolean => {
    if (request.url.startsWith('/v1/') || !wantsPage(request)) return false;
    sendPage(ctx, error, request, reply);
    return true;
  };

function sendPage(
  ctx: Context,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const answer = answerTo(error);
  const { status, headers } = answer;
  if (status >= 500) request.log.error({ err: error }, 'A request failed.');
  const about = { back: pageAsked(request.url), requestId: request.id };
  return reply
    .code(status)
    .headers({ ...headers, ...PAGE_HEADERS })
    .send(problemPage(baseOf(ctx), answer, about));
}

const wantsPage = ({ headers }: FastifyRequest): boolean => {
  try {
    return preferredType(headers.accept, ['application/json', 'text/html']) === 'text/html';
  } catch {
    return false;
  }
};
