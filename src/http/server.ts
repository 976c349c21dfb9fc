import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import rateLimit from '@fastify/rate-limit';
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Context } from '../context.ts';
import { NotFoundError } from '../errors.ts';
import { installAnswers } from './answers.ts';
import type { App } from './app.ts';
import { closeConnectionsWhenClosing } from './closing.ts';
import { requireCompleteRoutes } from './complete-routes.ts';
import { drained } from './drain.ts';
import { EXPLORER, installExplorer, installOpenApi } from './explorer.ts';
import { type GuardOptions, installGuard } from './guard.ts';
import { type Check, healthRoutes } from './health.ts';
import { MethodNotAllowedError } from './http-errors.ts';
import { installInput, JSON_LIMIT } from './input.ts';
import { type Gauge, metricsRoutes } from './metrics.ts';
import { openApiRoute } from './openapi.ts';
import { PROBLEM_TYPE, problem, sendProblem } from './problems.ts';
import { installRequestLog, redacted } from './request-log.ts';
import { installSecurityHeaders } from './security-headers.ts';
import { Unchanged } from './unchanged.ts';
import { validatorCompiler } from './validate.ts';
import { installWitness } from './witnessed.ts';

export interface ServerOptions extends GuardOptions {
  /** Decides instead of the usual guard: for measuring what that one costs. */
  guard?: typeof installGuard;
  /** Whether what was answered is remembered; false for measuring what that spares. */
  remembers?: boolean;
  /** What `/readyz` asks beside the database. */
  checks?: Check[];
  /** What `/metrics` tells beside requests and process. */
  gauges?: Gauge[];
}

/**
 * A server with everything that the rooms share and without any room. Rooms are added before
 * `ready()`, which refuses to go on when one of their routes is incomplete.
 */
export async function createServer(ctx: Context, options: ServerOptions = {}): Promise<App> {
  const loggerInstance: FastifyBaseLogger = ctx.log.child({}, { redact: redacted });
  const unchanged = new Unchanged();
  const app: App = fastify({
    serverFactory: unchanged.serverFactory,
    loggerInstance,
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'requestId',
    }),
    genReqId: () => randomUUID(),
    trustProxy: ctx.config.trustProxy.length > 0 ? ctx.config.trustProxy : false,
    bodyLimit: JSON_LIMIT,
    // Closing is announced by `connection: close`; whoever is still asking gets an answer.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: sendProblem,
    clientErrorHandler: answerBrokenRequest,
  }).withTypeProvider<ZodTypeProvider>();

  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (error.code !== 'FST_ERR_CTP_BODY_TOO_LARGE') return sendProblem(error, request, reply);
    drained(request.raw).then(() => sendProblem(error, request, reply));
    return reply;
  });
  const methodsOf = knownMethods(app);
  app.setNotFoundHandler((request) => {
    const allowed = methodsOf(request.url);
    if (allowed.length > 0) throw new MethodNotAllowedError(allowed);
    throw new NotFoundError('There is nothing at this address. /docs shows what there is.');
  });

  const explorer = ctx.config.explorerOpen ? 'public' : 'explorer.read';
  requireCompleteRoutes(app, { prefix: EXPLORER, policy: explorer });
  installRequestLog(app);
  installWitness(app, ctx);
  closeConnectionsWhenClosing(app);
  app.addHook('onSend', tellRequestId);
  await installSecurityHeaders(app, ctx.config.publicUrl.startsWith('https:'));
  installInput(app);
  const answers = options.remembers === false ? undefined : installAnswers(app, ctx);
  await app.register(rateLimit, { global: false });
  await (options.guard ?? installGuard)(app, ctx, {
    ...options,
    ...(answers && { answers, unchanged }),
  });
  await installOpenApi(app);
  await installExplorer(app);
  openApiRoute(app, explorer);
  healthRoutes(app, ctx, options.checks ?? []);
  metricsRoutes(app, ctx.config.metricsOpen ? 'public' : 'metrics.read', options.gauges);
  return app;
}

function tellRequestId<Payload>(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: Payload,
  done: (error: null, payload: Payload) => void,
): void {
  reply.header('x-request-id', request.id);
  if (!reply.hasHeader('cache-control') && request.url.startsWith('/v1/'))
    reply.header('cache-control', 'private, no-cache');
  done(null, payload);
}

/** Which methods an address answers to: told by what the routes' patterns match. */
function knownMethods(app: App): (url: string) => string[] {
  const routes: { methods: string[]; pattern: RegExp }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return;
    const pattern = new RegExp(`^${url.replaceAll('.', '[.]').replace(/:[^/]+/g, '[^/]+')}$`);
    routes.push({ methods: [method].flat(), pattern });
  });
  return (url) => {
    const path = url.split('?')[0]!;
    return [
      ...new Set(routes.flatMap(({ methods, pattern }) => (pattern.test(path) ? methods : []))),
    ];
  };
}

/** What is not even HTTP, or breaks off in mid-request. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const [status, code] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ([431, 'headers-too-large'] as const)
      : ([400, 'bad-request'] as const);
  const body = JSON.stringify(
    problem(
      status,
      code,
      'The request is not well-formed HTTP. Check how it is made.',
      randomUUID(),
    ),
  );
  socket.end(
    `HTTP/1.1 ${status} ${code}\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
