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

/** What the log says of one request. */
export interface RequestLine {
  requestId: string;
  method: string;
  /** The route's pattern: an address may hold names and tokens, and neither belongs into a log. */
  route: string | null;
  status: number;
  /** Milliseconds. */
  ms: number;
  actor: string | null;
}

/** Writes lines of requests. What is logged is named above, so there is nothing to look for and hide. */
export function requestLog(app: App): (line: RequestLine) => void {
  const log = app.log.child({}, { redact: [] });
  return (line) => log.info({ ...line, ms: Math.round(line.ms) }, 'request');
}

/** One line for each request that is answered. */
export function installRequestLog(app: App): void {
  const log = requestLog(app);
  app.addHook('onResponse', (request, reply, done) => {
    log({
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      ms: reply.elapsedTime,
      actor: request.actor?.id ?? null,
    });
    done();
  });
}
