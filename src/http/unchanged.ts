import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Context } from '../context.ts';
import type { Answers } from './answers.ts';
import type { App } from './app.ts';
import { authenticate } from './authenticate.ts';
import { belowBase } from './base.ts';
import type { Callers } from './callers.ts';
import { isKnown } from './etag.ts';
import { observe } from './metrics.ts';
import { requestLog } from './request-log.ts';

/**
 * Tells a caller who has the latest answer already that it is unchanged, in front of the framework:
 * what dashboards ask most should cost least. It holds to the same order (401, 429, then the answer)
 * by leaving everything but the one plain case to the framework, which then decides from the start; and
 * it is logged and counted like any other request. Only callers who are known are answered here, so that
 * strangers meet the guard. Headers for browsers came with the answer itself.
 */
export class Unchanged {
  #tell: ((request: IncomingMessage, response: ServerResponse) => Promise<boolean>) | null = null;

  /** A listener that answers what it can and leaves the rest to the framework's. */
  inFrontOf(handler: RequestListener): RequestListener {
    return (request, response) => {
      if (this.#tell === null || !mayBeUnchanged(request)) return handler(request, response);
      this.#tell(request, response).then(
        (told) => told || handler(request, response),
        () => handler(request, response),
      );
    };
  }

  install(app: App, ctx: Context, answers: Answers, callers: Callers): void {
    const log = requestLog(app);
    this.#tell = async (request, response) => {
      const begun = performance.now();
      const { headers } = request;
      const url = belowBase(app.base, request.url ?? '');
      const { authorization } = headers;
      const version = callers.isKnown(authorization) ? answers.versionOf(url) : undefined;
      if (!version) return false;
      const [actor, standing] = await Promise.all([authenticate(ctx, authorization), version()]);
      const answer = answers.standing(actor, url, standing);
      if (!answer || !isKnown(headers, answer.headers.etag)) return false;
      callers.countCaller(actor);
      const id = randomUUID();
      response.writeHead(304, {
        etag: answer.headers.etag,
        'cache-control': 'private, no-cache',
        'x-request-id': id,
      });
      response.end();
      const ms = performance.now() - begun;
      const told = { method: 'GET', route: answer.route, status: 304 };
      log({ requestId: id, ...told, ms, actor: actor.id });
      observe(told, ms);
      return true;
    };
    // A server that closes says so in its replies; that is the framework's to do.
    app.addHook('preClose', (done) => {
      this.#tell = null;
      done();
    });
  }
}

/** Asked with a key and without a body, by no page, by somebody who has some answer. */
const mayBeUnchanged = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' &&
  headers['if-none-match'] !== undefined &&
  headers.authorization !== undefined &&
  headers.origin === undefined &&
  headers['content-length'] === undefined &&
  headers['transfer-encoding'] === undefined;
