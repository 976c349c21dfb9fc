import { randomUUID } from 'node:crypto';
import type { Group } from '../figure.ts';
import { startSides } from '../http-sides.ts';
import { statementWriter } from '../limit-statement.ts';
import { startDriver } from '../load/drive.ts';
import type { Request } from '../load/request.ts';
import { alternate, compared } from '../rounds.ts';
import { scriptOf } from '../script.ts';
import { seedSchools } from '../seed-schools.ts';
import { seedTemplates } from '../seed-templates.ts';
import { openWorld } from '../world.ts';
import { slices, yearIds } from '../years.ts';

const ROUNDS = 6;
const YEARS = 64;
const STEPS = 8;
const CONNECTIONS = 8;

export const transitionsOverHttp: Group = {
  bounds: [{ name: 'transitionHttp', unit: 'requests/s', atLeast: 0.4, aim: 0.7 }],
  method:
    'transitionHttp: POST …/events with a key, If-Match and Idempotency-Key on 8 connections from a second process, against bare Fastify with the one statement.',
  async measure(bench) {
    const world = await openWorld(bench, 'http', { now: '2026-11-16T10:00:00-06:00' });
    const { ctx, url } = world;
    bench.say('seeding years');
    await seedTemplates(ctx, ['prompt']);
    await seedSchools(ctx, { schools: 2 * (ROUNDS + 1) * YEARS });
    const years = await yearIds(ctx.db);
    const script = await scriptOf(ctx, years[0]!, STEPS);
    const next = slices(years, YEARS);
    const limit = statementWriter(url, CONNECTIONS);
    const sides = await startSides(world, (bare) =>
      bare.post('/v1/planning-years/:id/events', async (request, reply) => {
        const { id } = request.params as { id: string };
        const { type } = request.body as { type: string };
        const { rows } = script.find(({ command }) => command.type === type)!;
        await limit.write(id, rows);
        return reply.code(201).send({ id, type });
      }),
    );
    const driver = startDriver();
    const post =
      ({ port, headers }: { port: number; headers?: Record<string, string> }) =>
      () => {
        const lanes = next().map((id) =>
          script.map(
            ({ command: { type, note, data }, version }): Request => ({
              method: 'POST',
              path: `/v1/planning-years/${id}/events`,
              headers: {
                ...headers,
                'if-match': `"v${version}"`,
                'idempotency-key': randomUUID(),
              },
              body: JSON.stringify({ type, note, data }),
            }),
          ),
        );
        return driver.drive({ port, lanes, connections: CONNECTIONS, status: 201 });
      };
    try {
      bench.say('measuring transitions over HTTP');
      const rates = await alternate({ ours: post(sides.ours), limit: post(sides.bare) }, ROUNDS);
      return [compared('transitionHttp', rates.ours, rates.limit)];
    } finally {
      driver.stop();
      await sides.stop();
      await limit.stop();
      await world.stop();
    }
  },
};
