import type { Group, Measured } from '../figure.ts';
import { type Sides, startSides } from '../http-sides.ts';
import { type Driver, startDriver } from '../load/drive.ts';
import type { Request } from '../load/request.ts';
import { alternate, compared } from '../rounds.ts';
import { seedSchools } from '../seed-schools.ts';
import { seedTemplates } from '../seed-templates.ts';
import { openWorld } from '../world.ts';
import { yearIds } from '../years.ts';

const ROUNDS = 6;
const REQUESTS = 4000;
const CONNECTIONS = 64;
/** How many years the readers go round. */
const YEARS = 200;

export const reads: Group = {
  bounds: [
    { name: 'taskList', unit: 'requests/s', atLeast: 0.45, aim: 0.9 },
    { name: 'planningYear', unit: 'requests/s', atLeast: 0.5, aim: 0.9 },
    { name: 'planningYear304', unit: 'requests/s', atLeast: 2, aim: 5 },
  ],
  method:
    'taskList, planningYear: GET of 100 tasks and of one year, of 200 years in turn, on 64 connections from a second process, against bare Fastify with one indexed query of the rows as one JSON text; planningYear304: the same with If-None-Match.',
  async measure(bench, wanted) {
    const world = await openWorld(bench, 'reads', { now: '2026-11-16T10:00:00-06:00' });
    const { ctx } = world;
    bench.say('seeding years');
    await seedTemplates(ctx, ['prompt', 'late', 'prompt', 'late']);
    await seedSchools(ctx, { schools: YEARS });
    const ids = await yearIds(ctx.db);
    const sides = await startSides(world, (bare, pool) => {
      const answer = (name: string, text: string) => async (id: string) =>
        String((await pool.query({ name, text, values: [id] })).rows[0].json);
      const [tasks, year] = [answer('tasks', TASKS), answer('year', YEAR)];
      bare.get('/v1/tasks', async (request, reply) => {
        const { planningYear } = request.query as { planningYear: string };
        return reply.type('application/json').send(await tasks(planningYear));
      });
      bare.get('/v1/planning-years/:id', async (request, reply) => {
        const { id } = request.params as { id: string };
        return reply.type('application/json').send(await year(id));
      });
    });
    const driver = startDriver();
    try {
      const tags = wanted.has('planningYear304') ? await etagsOf(ids, sides) : new Map();
      const yearPath = (id: string) => `/v1/planning-years/${id}`;
      const figures: Measured[] = [];
      const measure = async (
        name: string,
        path: (id: string) => string,
        unchanged = false,
      ): Promise<void> => {
        if (!wanted.has(name)) return;
        bench.say(`measuring ${name}`);
        const get = (
          { port, headers }: { port: number; headers?: Record<string, string> },
          status: number,
        ) =>
          gets(driver, port, status, ids, (id) => ({
            method: 'GET',
            path: path(id),
            headers: {
              ...headers,
              ...(status === 304 && { 'if-none-match': tags.get(id) }),
            },
          }));
        const rates = await alternate(
          { ours: get(sides.ours, unchanged ? 304 : 200), limit: get(sides.bare, 200) },
          ROUNDS,
        );
        figures.push(compared(name, rates.ours, rates.limit));
      };
      await measure('taskList', (id) => `/v1/tasks?planningYear=${id}&limit=100`);
      await measure('planningYear', yearPath);
      await measure('planningYear304', yearPath, true);
      return figures;
    } finally {
      driver.stop();
      await sides.stop();
      await world.stop();
    }
  },
};

const gets =
  (
    driver: Driver,
    port: number,
    status: number,
    ids: string[],
    requestOf: (id: string) => Request,
  ) =>
  () => {
    const lanes = Array.from({ length: REQUESTS }, (_, at) => [requestOf(ids[at % ids.length]!)]);
    return driver.drive({ port, lanes, connections: CONNECTIONS, status });
  };

async function etagsOf(ids: string[], { ours }: Sides): Promise<Map<string, string>> {
  const tags = new Map<string, string>();
  for (const id of ids) {
    const { port, headers } = ours;
    const answer = await fetch(`http://127.0.0.1:${port}/v1/planning-years/${id}`, { headers });
    tags.set(id, answer.headers.get('etag') ?? '');
    await answer.arrayBuffer();
  }
  return tags;
}

const TASKS = `
  select coalesce(json_agg(t), '[]')::text as json from (
    select * from tasks where planning_year_id = $1 order by due_on nulls last, id limit 100) t`;
const YEAR = `select row_to_json(y)::text as json from planning_years y where id = $1`;
