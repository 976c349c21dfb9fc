import type { FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { preferredType } from '../http/accept.ts';
import type { App } from '../http/app.ts';
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
      const back = pageAsked(request.url);
      if (error instanceof UnauthenticatedError) {
        reply.header('set-cookie', forgottenCookie(ctx.config, 'session'));
        // A form is told that it came to nothing.
        if (request.method !== 'POST') return reply.redirect(wayIn(baseOf(ctx), back), 303);
      }
      const answer = answerTo(error);
      const { status, headers } = answer;
      if (status >= 500) request.log.error({ err: error }, 'A request failed.');
      reply.code(status).headers({ ...headers, ...PAGE_HEADERS });
      return reply.send(problemPage(baseOf(ctx), answer, back));
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
export const baseOf = ({ config }: Pick<Context, 'config'>): string =>
  new URL(config.publicUrl).pathname.replace(/\/$/, '');
