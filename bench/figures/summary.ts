import { sql } from 'kysely';
import { foldCounts } from '../../src/reports/fold.ts';
import type { Group } from '../figure.ts';
import { startSides } from '../http-sides.ts';
import { startDriver } from '../load/drive.ts';
import type { Request } from '../load/request.ts';
import { alternate, compared } from '../rounds.ts';
import { PROGRAM, seedTemplates, YEAR } from '../seed-templates.ts';
import { openWorld, type World } from '../world.ts';

const ROUNDS = 6;
const REQUESTS = 1000;
const CONNECTIONS = 64;
/** With ten schools each. */
const DISTRICTS = 10_000;

export const summaries: Group = {
  bounds: [{ name: 'summary', unit: 'requests/s', atLeast: 0.5, aim: 0.9 }],
  method:
    'summary: GET of the statewide summary by region at 100,000 schools on 64 connections from a second process, against bare Fastify with a read of the kept rows that it is made from.',
  async measure(bench) {
    const world = await openWorld(bench, 'summary', { now: '2026-11-16T10:00:00-06:00' });
    bench.say('seeding counts of 100,000 schools');
    await seedTemplates(world.ctx, ['prompt', 'late', 'prompt', 'late', 'prompt']);
    await seedCounts(world);
    const sides = await startSides(world, (bare, pool) =>
      bare.get('/v1/reports/summary', async (_request, reply) => {
        const { rows } = await pool.query({ name: 'kept', text: KEPT, values: [PROGRAM, YEAR] });
        return reply.type('application/json').send(rows[0].json);
      }),
    );
    const driver = startDriver();
    const get =
      ({ port, headers = {} }: { port: number; headers?: Record<string, string> }) =>
      () => {
        const request: Request = { method: 'GET', path: '/v1/reports/summary', headers };
        const lanes = Array.from({ length: REQUESTS }, () => [request]);
        return driver.drive({ port, lanes, connections: CONNECTIONS, status: 200 });
      };
    try {
      bench.say('measuring summaries');
      const rates = await alternate({ ours: get(sides.ours), limit: get(sides.bare) }, ROUNDS);
      return [compared('summary', rates.ours, rates.limit)];
    } finally {
      driver.stop();
      await sides.stop();
      await world.stop();
    }
  },
};

/**
 * What the program itself keeps of five schools, as if every district had twice five: the statewide
 * row a twenty-thousandfold, and a row for each district.
 */
async function seedCounts({ ctx: { db } }: World): Promise<void> {
  await foldCounts(db);
  await sql.raw(TIMES).execute(db);
  await sql`
    insert into kept_counts (program, year, district_code, county, calendar_version, counts)
    select program, year, 'District ' || d, 'County ' || d / 100, calendar_version, bench_times(counts, 2)
    from kept_counts, generate_series(1, ${DISTRICTS}::int) d where district_code <> ''`.execute(
    db,
  );
  await sql`
    update kept_counts set counts = bench_times(counts, 2 * ${DISTRICTS}::int)
    where district_code = ''`.execute(db);
  await sql`vacuum analyze`.execute(db);
}

const TIMES = `
  create function bench_times(counts jsonb, n int) returns jsonb language sql immutable as
    $$ select jsonb_object_agg(key, value::int * n) from jsonb_each_text(counts) $$;`;

const KEPT = `
  select json_agg(k)::text as json from kept_counts k
  where program = $1 and year = $2 and district_code = ''`;
