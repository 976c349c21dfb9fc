import { sql } from 'kysely';
import type { Db } from '../../src/context.ts';
import type { Group } from '../figure.ts';
import { startSides } from '../http-sides.ts';
import { compared, rateOf } from '../rounds.ts';
import { seedDirectory } from '../seed-schools.ts';
import { RELEASED_ON } from '../seed-templates.ts';
import { openWorld, type World } from '../world.ts';

const SCHOOLS = 10_000;
const TABLES = ['planning_years', 'log_entries', 'tasks'];

export const openings: Group = {
  bounds: [{ name: 'open', unit: 'planning years/s', atLeast: 0.4, aim: 0.8 }],
  method:
    'open: 10,000 planning years from one CSV file through POST /v1/imports/designations, against INSERT … SELECT of the same rows from tables that hold them; each once, since each takes a minute or two.',
  async measure(bench) {
    const world = await openWorld(bench, 'open', { now: '2026-11-16T10:00:00-06:00' });
    const { db } = world.ctx;
    bench.say('seeding a directory');
    await seedDirectory(world.ctx, SCHOOLS);
    const csv = await designations(db);
    const sides = await startSides(world, () => {}, 'administrator');
    try {
      bench.say(`opening ${SCHOOLS} planning years`);
      const ours = await rateOf(SCHOOLS, () => importFile(csv, sides.ours));
      for (const table of TABLES)
        await sql`create table ${sql.ref(`bench_${table}`)} as select * from ${sql.table(table)}`.execute(
          db,
        );
      await clear(world);
      bench.say('copying the same rows');
      const limit = await rateOf(SCHOOLS, () => copyBack(db));
      return [compared('open', [ours], [limit])];
    } finally {
      await sides.stop();
      await world.stop();
    }
  },
};

async function designations(db: Db): Promise<string> {
  const schools = await db.selectFrom('schools').select('code').orderBy('code').execute();
  const head = 'rcdts,designation,released_on,newly_designated,resource_allocation_review';
  const lines = schools.map(
    ({ code }, at) => `${code},Comprehensive,${RELEASED_ON},${at % 2 === 0},`,
  );
  return [head, ...lines].join('\n');
}

async function importFile(
  csv: string,
  { port, headers }: { port: number; headers: Record<string, string> },
): Promise<void> {
  const reply = await fetch(`http://127.0.0.1:${port}/v1/imports/designations`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'text/csv' },
    body: csv,
  });
  const { opened, detail } = (await reply.json()) as { opened?: number; detail?: string };
  if (opened !== SCHOOLS) throw new Error(`The import opened ${opened} years: ${detail}`);
}

/** Parents first, in one transaction, with every constraint. */
const copyBack = (db: Db) =>
  db.transaction().execute(async (trx) => {
    await sql`set local statement_timeout = 0`.execute(trx);
    for (const table of TABLES) {
      await sql`insert into ${sql.table(table)} select * from ${sql.ref(`bench_${table}`)}`.execute(
        trx,
      );
      // Without a count of what is there now, the keys and counts of so many rows take hours.
      await sql`analyze ${sql.table(table)}`.execute(trx);
    }
  });

/** The log refuses to be emptied; here it is made to look away. */
async function clear({ ctx: { db } }: World): Promise<void> {
  await db.connection().execute(async (one) => {
    await sql`set session_replication_role = replica`.execute(one);
    await sql`truncate planning_years cascade`.execute(one);
    await sql`reset session_replication_role`.execute(one);
  });
}
