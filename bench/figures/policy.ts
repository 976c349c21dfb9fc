import { buildApp } from '../../src/app.ts';
import type { App } from '../../src/http/app.ts';
import { authenticate, bootstrap } from '../../src/http/authenticate.ts';
import type { installGuard } from '../../src/http/guard.ts';
import { addKey } from '../../src/keys/key-store.ts';
import type { Group } from '../figure.ts';
import { startDriver } from '../load/drive.ts';
import { alternate, compared } from '../rounds.ts';
import { seedSchools } from '../seed-schools.ts';
import { PROGRAM, seedTemplates } from '../seed-templates.ts';
import { openWorld, type World } from '../world.ts';
import { yearIds } from '../years.ts';

const ROUNDS = 6;
const REQUESTS = 600;
const CONNECTIONS = 8;
const YEARS = 100;

export const policy: Group = {
  bounds: [{ name: 'policy', unit: 'requests/s', atLeast: 0.9, aim: 0.97 }],
  method:
    'policy: GET of 100 tasks of a year and of one task, in turn, by a coordinator with districts of their own, against the same server with a guard that knows who asks and lets everybody in.',
  async measure(bench) {
    const world = await openWorld(bench, 'policy', { now: '2026-11-16T10:00:00-06:00' });
    const { ctx } = world;
    bench.say('seeding years');
    await seedTemplates(ctx, ['prompt', 'late', 'prompt', 'late']);
    await seedSchools(ctx, { schools: YEARS });
    const paths = await pathsOf(world);
    const key = await keyOf(world);
    const ours = await listening(world);
    const open = await listening(world, letEverybodyIn);
    const driver = startDriver();
    try {
      const get =
        ({ port }: { port: number }) =>
        () => {
          const headers = { authorization: `Bearer ${key}` };
          const lanes = Array.from({ length: REQUESTS }, (_, at) => [
            { method: 'GET' as const, path: paths[at % paths.length]!, headers },
          ]);
          return driver.drive({ port, lanes, connections: CONNECTIONS, status: 200 });
        };
      bench.say('measuring policy');
      const rates = await alternate({ ours: get(ours), limit: get(open) }, ROUNDS);
      return [compared('policy', rates.ours, rates.limit)];
    } finally {
      driver.stop();
      await ours.app.close();
      await open.app.close();
      await world.stop();
    }
  },
};

/** Knows who asks, as the usual guard does, and never asks whether they may. */
const letEverybodyIn: typeof installGuard = async (app, ctx) => {
  app.decorateRequest('actor', null as never);
  app.addHook('onRequest', async (request) => {
    await authenticate(ctx, request.headers.authorization);
    request.actor = bootstrap;
  });
};

async function listening(
  { ctx }: World,
  guard?: typeof installGuard,
): Promise<{ app: App; port: number }> {
  const limits = { perKey: 1e9, perAddress: 1e9 };
  const app = await buildApp(ctx, { limits, remembers: false, ...(guard && { guard }) });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return { app, port: (app.server.address() as { port: number }).port };
}

async function pathsOf({ ctx }: World): Promise<string[]> {
  const years = await yearIds(ctx.db);
  const tasks = await ctx.db
    .selectFrom('tasks')
    .select('id')
    .distinctOn('planningYearId')
    .orderBy('planningYearId')
    .execute();
  return years.flatMap((year, at) => [
    `/v1/tasks?planningYear=${year}&limit=100`,
    `/v1/tasks/${tasks[at]!.id}`,
  ]);
}

async function keyOf({ ctx }: World): Promise<string> {
  const districts = await ctx.db.selectFrom('districts').select('code').execute();
  const grant = {
    role: 'coordinator',
    program: PROGRAM,
    scope: { districts: districts.map(({ code }) => code) },
    label: 'Measurement',
    expiresOn: '2099-12-31',
  };
  const { key } = await ctx.db
    .transaction()
    .execute((trx) => addKey(trx, grant, 'bench', ctx.clock.now()));
  return key;
}
