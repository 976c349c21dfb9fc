import { randomUUID } from 'node:crypto';
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Context } from '../context.ts';
import { NotFoundError, QuarantinedError } from '../errors.ts';
import { setAsideAfter } from '../quarantine/store.ts';
import { installAnswers } from './answers.ts';
import type { App } from './app.ts';
import { isKeyOfSettings } from './authenticate.ts';
import { brokenRequests } from './broken-requests.ts';
import { Callers, type Limits, usualLimits } from './callers.ts';
import { closeConnectionsWhenClosing } from './closing.ts';
import { requireCompleteRoutes } from './complete-routes.ts';
import { Connections, type Patience, usualPatience } from './connections.ts';
import { installCursors } from './cursors.ts';
import { drained } from './drain.ts';
import { EXPLORER, installExplorer, installOpenApi } from './explorer.ts';
import { type GuardOptions, installGuard } from './guard.ts';
import { type Check, healthRoutes } from './health.ts';
import { MethodNotAllowedError, UnavailableError } from './http-errors.ts';
import { installInput, JSON_LIMIT } from './input.ts';
import { listsGoOn } from './lists-go-on.ts';
import { type Gauge, type Gauges, metricsRoutes } from './metrics.ts';
import { openApiRoute } from './openapi.ts';
import { sendProblem } from './problems.ts';
import { installRequestLog, redacted, requestLog } from './request-log.ts';
import { installSecurityHeaders } from './security-headers.ts';
import { Unchanged } from './unchanged.ts';
import { validatorCompiler } from './validate.ts';
import { wellFormed } from './well-formed.ts';
import { installWitness } from './witnessed.ts';

export interface ServerOptions extends GuardOptions {
  limits?: Limits;
  /** Decides instead of the usual guard: for measuring what that one costs. */
  guard?: typeof installGuard;
  /** Whether what was answered is remembered; false for measuring what that spares. */
  remembers?: boolean;
  /** How long clients may take. Left out: as long as they usually may. */
  patience?: Patience;
  /** What `/readyz` asks beside the database. */
  checks?: Check[];
  /** What `/metrics` tells beside requests and process. */
  gauges?: (Gauge | Gauges)[];
}

/**
 * A server with everything that the rooms share and without any room. Rooms are added before
 * `ready()`, which refuses to go on when one of their routes is incomplete.
 */
export async function createServer(ctx: Context, options: ServerOptions = {}): Promise<App> {
  const loggerInstance: FastifyBaseLogger = ctx.log.child({}, { redact: redacted });
  const unchanged = new Unchanged();
  const callers = new Callers(options.limits ?? usualLimits, (credential) =>
    isKeyOfSettings(ctx, credential),
  );
  const connections = new Connections(options.patience ?? usualPatience);
  const app: App = fastify({
    serverFactory: (handler) => connections.serve(unchanged.inFrontOf(handler)),
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
    // So long that the limit of all headers comes first; the guard finds nothing under long names.
    routerOptions: { maxParamLength: 100_000 },
    rewriteUrl: ({ url }) => wellFormed(url),
    frameworkErrors: sendProblem,
    clientErrorHandler: (error, socket) => answerBroken(error, socket),
  }).withTypeProvider<ZodTypeProvider>();

  app.setValidatorCompiler(validatorCompiler);
  app.decorate('setAside', (error) => void setAsideAfter(ctx, error));
  app.setSerializerCompiler(listsGoOn(serializerCompiler, app));
  app.addHook('onError', (_request, _reply, error, done) => {
    if (error instanceof QuarantinedError) app.setAside(error);
    done();
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (error.code !== 'FST_ERR_CTP_BODY_TOO_LARGE') return sendProblem(error, request, reply);
    drained(request.raw).then(() => sendProblem(error, request, reply));
    return reply;
  });
  const methodsOf = knownMethods(app);
  app.setNotFoundHandler((request) => {
    const allowed = methodsOf(request.url);
    // An address that looks like one of ours and is none answers to no method.
    if (allowed.length > 0 && !allowed.includes(request.method))
      throw new MethodNotAllowedError(allowed);
    throw new NotFoundError('There is nothing at this address. /docs shows what there is.');
  });

  const explorer = ctx.config.explorerOpen ? 'public' : 'explorer.read';
  requireCompleteRoutes(app, { prefix: EXPLORER, policy: explorer });
  installRequestLog(app);
  installWitness(app, ctx);
  closeConnectionsWhenClosing(app, connections);
  app.addHook('onSend', tellRequestId);
  app.addHook('preHandler', async ({ method }) => {
    const doubt = READS.includes(method) ? null : await ctx.clock.doubt?.();
    if (doubt) throw new UnavailableError(doubt);
  });
  const headers = await installSecurityHeaders(app, ctx.config.publicUrl.startsWith('https:'));
  const answerBroken = brokenRequests(callers, connections, headers, requestLog(app));
  installInput(app);
  const answers = options.remembers === false ? undefined : installAnswers(app, ctx);
  await (options.guard ?? installGuard)(app, ctx, {
    ...options,
    callers,
    ...(answers && { answers, unchanged }),
  });
  installCursors(app, ctx);
  await installOpenApi(app);
  await installExplorer(app);
  openApiRoute(app, explorer);
  healthRoutes(app, ctx, options.checks ?? []);
  metricsRoutes(app, ctx.config.metricsOpen ? 'public' : 'metrics.read', options.gauges);
  return app;
}

const READS = ['GET', 'HEAD', 'OPTIONS'];

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
