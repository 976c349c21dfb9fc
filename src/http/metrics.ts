import { collectDefaultMetrics, Histogram, Gauge as PromGauge, Registry } from 'prom-client';
import { z } from 'zod';
import type { PolicyName } from '../policy/table.ts';
import type { App } from './app.ts';
import { shared } from './shared.ts';

/** One registry for the process, whatever number of servers it holds. */
export const metrics = new Registry();
collectDefaultMetrics({ register: metrics });

const durations = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'How long requests took, by route.',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  registers: [metrics],
});

/** A figure that is asked for when it is wanted. */
export interface Gauge {
  name: string;
  help: string;
  read: () => Promise<number>;
}

/** The same with a value for each of some things, such as kinds. */
export interface Gauges extends Omit<Gauge, 'read'> {
  label: string;
  read: () => Promise<Readonly<Record<string, number>>>;
}

/** Counts a request that was answered. `ms`: milliseconds that it took. */
export function observe(
  { method, route, status }: { method: string; route: string; status: number },
  ms: number,
): void {
  const name = `${method} ${status} ${route}`;
  const series = known.get(name) ?? durations.labels(method, route, String(status));
  known.set(name, series);
  series.observe(ms / 1000);
}

/** There are as many as routes and statuses; to find one by its labels takes longer than to count. */
const known = new Map<string, ReturnType<typeof durations.labels>>();

/** @param gauges what the rooms have to tell, of this server's database */
export function metricsRoutes(
  app: App,
  policy: PolicyName,
  gauges: readonly (Gauge | Gauges)[] = [],
): void {
  const own = new Registry();
  for (const gauge of gauges)
    new PromGauge({
      name: gauge.name,
      help: gauge.help,
      labelNames: 'label' in gauge ? [gauge.label] : [],
      registers: [own],
      async collect() {
        if (!('label' in gauge)) return this.set(await gauge.read());
        const values = await gauge.read();
        for (const [of, value] of Object.entries(values)) this.set({ [gauge.label]: of }, value);
      },
    });

  const figures = shared(async () => `${await metrics.metrics()}\n${await own.metrics()}`);

  app.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request;
    const route = routeOptions.url ?? 'none';
    observe({ method, route, status: reply.statusCode }, reply.elapsedTime);
    done();
  });

  app.get(
    '/metrics',
    {
      config: { policy },
      schema: {
        operationId: 'getMetrics',
        tags: ['Operations'],
        summary: 'Figures for Prometheus',
        description:
          'Durations of requests by route, the state of the process, and what becomes of mail.',
        produces: ['text/plain'],
        response: { 200: z.string() },
      },
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await figures()),
  );
}
