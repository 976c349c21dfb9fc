import type { IncomingHttpHeaders } from 'node:http';
import type { App } from './app.ts';
import type { Callers } from './callers.ts';

/**
 * Lets pages of other sites read the API by a key, where the settings name them: dashboards that run in a
 * browser. Credentials that a browser sends by itself are never allowed, so that no session is lent out,
 * and pages and signing in stay closed to all of them.
 *
 * @param origins such as `https://dashboard.example.org`, or `*` alone; none: closed
 */
export function openToOrigins(app: App, origins: readonly string[], callers: Callers): void {
  if (origins.length === 0) return;
  const anybody = origins.includes('*');
  app.addHook('onRequest', async (request, reply) => {
    if (!isOfApi(request.url)) return;
    const { origin } = request.headers;
    if (!anybody) reply.header('vary', 'Origin');
    if (origin === undefined || !(anybody || origins.includes(origin))) return;
    reply.header('access-control-allow-origin', anybody ? '*' : origin);
    reply.header('access-control-expose-headers', EXPOSED);
    if (!isPreflight(request.method, request.headers)) return;
    callers.countAddress(request);
    return reply.headers(PREFLIGHT).code(204).send();
  });
}

const isOfApi = (url: string): boolean => /^\/(v1\/|openapi\.json(\?|$))/.test(url);

/** A browser asks first whether it may; it shows no key yet. */
const isPreflight = (method: string, headers: IncomingHttpHeaders): boolean =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;

const PREFLIGHT = {
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers':
    'Authorization, Content-Type, Accept, If-Match, If-None-Match, Idempotency-Key',
  'access-control-max-age': '600',
};

const EXPOSED = 'ETag, Link, Location, Retry-After, X-Request-Id, Idempotency-Replayed';
