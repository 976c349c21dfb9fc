import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { FastifyServerOptions } from 'fastify';
import type { Context } from '../context.ts';
import type { Answers } from './answers.ts';
import type { App } from './app.ts';
import { authenticate, bootstrap } from './authenticate.ts';
import { isKnown } from './etag.ts';
import type { Count } from './limiter.ts';
import { observe } from './metrics.ts';
import { requestLog } from './request-log.ts';

/**
 * Tells a caller who has the latest answer already that it is unchanged, in front of the framework:
 * what dashboards ask most should cost least. It holds to the same order (401, 429, then the answer)
 * by leaving everything but the one plain case to the framework, which then decides from the start; and
 * it is logged and counted like any other request. Headers for browsers came with the answer itself.
 */
export class Unchanged {
  #tell: ((request: IncomingMessage, response: ServerResponse) => Promise<boolean>) | null = null;

  /** For `fastify({ serverFactory })`. */
  readonly serverFactory = (
    handler: (request: IncomingMessage, response: ServerResponse) => void,
    options: FastifyServerOptions,
  ): Server => {
    const server = createServer((request, response) => {
      if (this.#tell === null || !mayBeUnchanged(request)) return handler(request, response);
      this.#tell(request, response).then(
        (told) => told || handler(request, response),
        () => handler(request, response),
      );
    });
    server.keepAliveTimeout = options.keepAliveTimeout!;
    server.requestTimeout = options.requestTimeout!;
    server.setTimeout(options.connectionTimeout!);
    return server;
  };

  /** @param countCaller throws when the caller has asked too often */
  install(app: App, ctx: Context, answers: Answers, countCaller: Count): void {
    const log = requestLog(app);
    this.#tell = async (request, response) => {
      const begun = performance.now();
      const { url = '', headers } = request;
      const version = answers.versionOf(url);
      if (!version) return false;
      const [actor, standing] = await Promise.all([
        authenticate(ctx, headers.authorization),
        version(),
      ]);
      const answer = answers.standing(actor, url, standing);
      if (!answer || !isKnown(headers, answer.headers.etag)) return false;
      if (actor !== bootstrap) await countCaller(actor.id);
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

/** Asked with a key and without a body, by somebody who has some answer. */
const mayBeUnchanged = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' &&
  headers['if-none-match'] !== undefined &&
  headers.authorization !== undefined &&
  headers['content-length'] === undefined &&
  headers['transfer-encoding'] === undefined;
