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
import { knownAddresses } from './addresses.ts';
import { installAnswers } from './answers.ts';
import type { App } from './app.ts';
import { isKeyOfSettings } from './authenticate.ts';
import { baseOf, belowBase, serveBelow } from './base.ts';
import { brokenRequests } from './broken-requests.ts';
import { Callers, type Limits, usualLimits } from './callers.ts';
import { closeConnectionsWhenClosing } from './closing.ts';
import { requireCompleteRoutes } from './complete-routes.ts';
import { Connections, type Patience, usualPatience } from './connections.ts';
import { openToOrigins } from './cross-origin.ts';
import { installCursors } from './cursors.ts';
import { drained } from './drain.ts';
import { EXPLORER, installExplorer, installOpenApi } from './explorer.ts';
import { type GuardOptions, installGuard } from './guard.ts';
import { type Check, healthRoutes } from './health.ts';
import { MethodNotAllowedError, UnavailableError, UnsupportedCodingError } from './http-errors.ts';
import { installInput, JSON_LIMIT } from './input.ts';
import { listsGoOn } from './lists-go-on.ts';
import { type Gauge, type Gauges, metricsRoutes } from './metrics.ts';
import { openApiRoute } from './openapi.ts';
import { sendProblem } from './problems.ts';
import { installRequestLog, redacted, requestLog } from './request-log.ts';
import { installSecurityHeaders } from './security-headers.ts';
import { Unchanged } from './unchanged.ts';
import { installUnpacking } from './unpack.ts';
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
  /** Tells what failed as a page, to whoever looks at one. @returns whether it did */
  tellPeople?: (error: unknown, request: FastifyRequest, reply: FastifyReply) => boolean;
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
  const base = baseOf(ctx);
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
    rewriteUrl: ({ url }) => belowBase(base, wellFormed(url)),
    frameworkErrors: sendProblem,
    clientErrorHandler: (error, socket) => answerBroken(error, socket),
  }).withTypeProvider<ZodTypeProvider>();

  serveBelow(app, base);
  app.setValidatorCompiler(validatorCompiler);
  app.decorate('setAside', (error) => void setAsideAfter(ctx, error));
  app.setSerializerCompiler(listsGoOn(serializerCompiler, app));
  app.addHook('onError', (_request, _reply, error, done) => {
    if (error instanceof QuarantinedError) app.setAside(error);
    done();
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const tell = () => {
      if (!options.tellPeople?.(error, request, reply)) sendProblem(error, request, reply);
    };
    if (leavesBody(error)) drained(request.raw).then(tell);
    else tell();
    return reply;
  });
  const addresses = knownAddresses(app);
  app.setNotFoundHandler((request, reply) => {
    const allowed = addresses.methodsOf(request.url);
    if (request.method === 'OPTIONS' && allowed.length > 0)
      return reply
        .code(204)
        .header('allow', [...allowed, 'OPTIONS'].join(', '))
        .send();
    // An address that looks like one of ours and is none answers to no method.
    if (allowed.length > 0 && !allowed.includes(request.method))
      throw new MethodNotAllowedError(allowed);
    const meant = READS.includes(request.method) ? addresses.pageMeant(request.url) : null;
    if (meant !== null && meant !== request.url) return reply.redirect(meant, 308);
    throw new NotFoundError(`There is nothing at this address. ${base}/docs shows what there is.`);
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
  openToOrigins(app, ctx.config.corsOrigins, callers);
  installInput(app);
  installUnpacking(app);
  const answers = options.remembers === false ? undefined : installAnswers(app, ctx);
  await (options.guard ?? installGuard)(app, ctx, {
    ...options,
    callers,
    ...(answers && { answers, unchanged }),
  });
  installCursors(app, ctx);
  await installOpenApi(app, ctx.config);
  await installExplorer(app);
  openApiRoute(app, explorer);
  healthRoutes(app, ctx, options.checks ?? []);
  metricsRoutes(app, ctx.config.metricsOpen ? 'public' : 'metrics.read', options.gauges);
  return app;
}

/** Refused before its body was read: that is still to come. */
const leavesBody = (error: FastifyError): boolean =>
  error.code === 'FST_ERR_CTP_BODY_TOO_LARGE' || error instanceof UnsupportedCodingError;

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
