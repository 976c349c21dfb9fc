import type { RouteOptions } from 'fastify';
import { z } from 'zod';
import type { PolicyName } from '../policy/table.ts';
import type { App } from './app.ts';

/** Routes that would let something through unseen. The start stops on it. */
export class IncompleteRoutesError extends Error {
  override name = 'IncompleteRoutesError';
  constructor(faults: string[]) {
    super(
      `Give each of these routes what it lacks (config.policy names a row of policy/table.ts):\n${faults.join('\n')}`,
    );
  }
}

/**
 * Holds every route to the rules: a policy, and a zod schema for the replies that succeed. A route
 * that says nothing of its query parameters takes none, and a page heeds none. `keptRoutes` lists them.
 *
 * @param plugin where the addresses of a plugin with pages of its own begin, and who may see them
 */
export function requireCompleteRoutes(
  app: App,
  plugin: { prefix: string; policy: PolicyName },
): void {
  const faults = new Set<string>();
  const kept: App['keptRoutes'] = [];
  app.decorate('keptRoutes', kept);
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith(plugin.prefix) && route.schema?.hide === true) {
      route.config = { ...route.config, policy: plugin.policy };
      return;
    }
    const name = `${[route.method].flat().join(', ')} ${route.url}`;
    if (route.config?.policy === undefined) faults.add(`${name}: no policy`);
    else kept.push({ methods: [route.method].flat(), url: route.url, policy: route.config.policy });
    if (!describesSuccess(route)) faults.add(`${name}: no reply schema for a success status`);
    route.schema = { querystring: queryOf(route), ...route.schema };
  });
  app.addHook('onReady', async () => {
    if (faults.size > 0) throw new IncompleteRoutesError([...faults]);
  });

  // What no schema describes must not leave: it could hold anything.
  app.addHook('preSerialization', async (request, reply, payload) => {
    const { hide } = request.routeOptions.schema ?? {};
    if (reply.statusCode < 300 && !hide)
      requireReplySchema(request.routeOptions.schema, reply.statusCode);
    return payload;
  });
}

/** Whatever leads to a page adds parameters of its own; a program is told of each that nobody reads. */
const queryOf = ({ schema }: RouteOptions) =>
  schema?.hide === true ? z.object({}) : z.strictObject({});

/** @throws Error when the route does not describe replies of this status */
export function requireReplySchema(schema: { response?: unknown } | undefined, status: number) {
  if (!(String(status) in ((schema?.response as object | undefined) ?? {})))
    throw new Error(`The route describes no reply of status ${status}.`);
}

function describesSuccess(route: RouteOptions): boolean {
  const response = (route.schema?.response ?? {}) as Record<string, unknown>;
  const successes = Object.entries(response).filter(([status]) => status.startsWith('2'));
  return successes.length > 0 && successes.every(([, schema]) => schema !== undefined);
}
