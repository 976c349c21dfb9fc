import helmet from '@fastify/helmet';
import fastify from 'fastify';
import type { App } from './app.ts';

/**
 * What browsers are told to refuse, on every reply. A page may say otherwise for itself.
 *
 * @returns the same, for replies that come about without the framework
 * @param https whether the server is reached by HTTPS: over plain HTTP nobody heeds that it be kept to
 */
export async function installSecurityHeaders(
  app: App,
  https: boolean,
): Promise<Record<string, string>> {
  const headers = await helmetHeaders(https);
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
  return headers;
}

/** Helmet works the same headers out for every reply; here it does so once. */
async function helmetHeaders(https: boolean): Promise<Record<string, string>> {
  const probe = fastify();
  await probe.register(helmet, {
    contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
    strictTransportSecurity: https,
  });
  probe.get('/', (_request, reply) => void reply.raw.end());
  const { headers } = await probe.inject('/');
  await probe.close();
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !OF_THE_PROBE.has(name)),
  ) as Record<string, string>;
}

const OF_THE_PROBE = new Set(['date', 'connection', 'content-length', 'transfer-encoding']);
