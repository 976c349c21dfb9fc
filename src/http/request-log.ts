import type { App } from './app.ts';

/** Where a logged object could hold a secret, whoever logs it. */
export const redacted = {
  paths: [
    'authorization',
    'key',
    '*.authorization',
    '*.key',
    'req.headers',
    '*.headers.authorization',
  ],
  censor: '[hidden]',
};

/**
 * One line for each request, by the route's pattern: an address may hold names and tokens, headers
 * hold keys, and neither belongs into a log.
 */
export function installRequestLog(app: App): void {
  // What is logged is named here, so that there is nothing to look for and hide.
  const log = app.log.child({}, { redact: [] });
  app.addHook('onResponse', (request, reply, done) => {
    log.info(
      {
        requestId: request.id,
        method: request.method,
        route: request.routeOptions.url ?? null,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        actor: request.actor?.id ?? null,
      },
      'request',
    );
    done();
  });
}
