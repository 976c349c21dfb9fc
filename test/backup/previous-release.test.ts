import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { migrations } from '../../migrations/index.ts';
import { buildApp } from '../../src/app.ts';
import { type Restored, restore } from '../../src/backup/restore.ts';
import type { Context } from '../../src/context.ts';
import type { App } from '../../src/http/app.ts';
import { rebuild } from '../../src/planning-years/rebuild.ts';
import { readLog } from '../../src/planning-years/store.ts';
import { scan } from '../../src/reminders/scan.ts';
import {
  BOOTSTRAP_KEY,
  type Client,
  clientOf,
  type TestContext,
  testContext,
} from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/**
 * A database as the first release left it, part of its demonstration: six schools on January 20,
 * 2027, with ticks, waivers, extensions, an undo, a withdrawal, reminders and sent mails.
 */
const FILE = join(import.meta.dirname, 'previous-release.backup');
const NOW = '2027-01-20T15:30:00Z';

let database: TestDatabase;
let made: TestContext;
let ctx: Context;
let restored: Restored;
let app: App | undefined;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  made = await testContext({ now: NOW });
  ctx = { ...made.ctx, db: database.db };
  restored = await restore(database.db, FILE, { at: new Date(NOW) });
  app = await buildApp(ctx);
  client = clientOf(app, BOOTSTRAP_KEY);
});
afterAll(async () => {
  await app?.close();
  await made.drop();
  await database.drop();
});

test('the previous release’s data come up to this one', async () => {
  expect(restored.migrated).toEqual(Object.keys(migrations).slice(1));
  expect(restored.planningYears).toBe(6);
  expect(restored.rows).toMatchObject({ tasks: 954, log_entries: 330 });
});

test('and the log gives the same states and tasks as they are stored', async () => {
  const { planningYears, differences, broken } = await rebuild(ctx);
  expect({ planningYears, differences, broken }).toEqual({
    ...{ planningYears: 6, differences: [], broken: [] },
  });
});

test('and planning years go on under these charts: each log says so, and their deadlines are open', async () => {
  const years = await ctx.db
    .selectFrom('planningYears')
    .select(['id', 'machineVersion', 'status'])
    .execute();
  for (const { id, machineVersion, status } of years) {
    expect(machineVersion).toBe(ctx.programs.all[0]!.machines.version);
    const log = await readLog(ctx.db, id);
    expect(log.filter(({ type }) => type === 'charts.changed')).toHaveLength(1);
    const deadlines = await ctx.db
      .selectFrom('tasks')
      .select(['taskKey', 'status'])
      .where('planningYearId', '=', id)
      .where('kind', '=', 'deadline')
      .execute();
    expect(deadlines).toHaveLength(11);
    const isTo = { active: 'open', done: 'done', withdrawn: 'lapsed' }[status];
    // The rest is done, or not this school's.
    for (const deadline of deadlines)
      expect([isTo, 'done', 'notApplicable', 'preStart']).toContain(deadline.status);
    if (status !== 'done') expect(deadlines.some((each) => each.status === isTo)).toBe(true);
  }
});

test('and planning years are read and moved on through the API', async () => {
  const { data } = (await client.get('/v1/planning-years?status=active')).json();
  expect(data).toHaveLength(4);
  for (const { id } of data) {
    const year = (await client.get(`/v1/planning-years/${id}`)).json();
    expect(Object.keys(year.regions)).toHaveLength(17);
    const log = (await client.get(`/v1/planning-years/${id}/events?limit=1000`)).json();
    expect(log.data[0]).toMatchObject({ seq: 1, type: 'year.opened' });
    const then = await client.get(`/v1/planning-years/${id}?asOf=2026-11-10T12:00:00Z`);
    expect(then.statusCode).toBe(200);

    const tasks = (await client.get(`/v1/tasks?planningYear=${id}&status=open`)).json().data;
    const task = tasks.find((each: { scope: string }) => each.scope === 'school');
    const done = await client.post(`/v1/tasks/${task.id}/complete`, {}, { 'if-match': '*' });
    expect([done.statusCode, done.json().status]).toEqual([200, 'done']);
  }
  const { differences, broken } = await rebuild(ctx);
  expect([differences, broken]).toEqual([[], []]);
});

test('and who was a vendor at a district is one through contracts for its planning years', async () => {
  const vendors = await ctx.db
    .selectFrom('assignments as a')
    .innerJoin('vendors as v', 'v.code', 'a.organizationCode')
    .innerJoin('people as p', 'p.id', 'a.personId')
    .select(['a.personId', 'a.organizationKind', 'v.name', 'p.name as person', 'v.demo'])
    .where('a.role', '=', 'vendor')
    .execute();
  expect(vendors.length).toBeGreaterThan(0);
  for (const { organizationKind, name, person, demo } of vendors)
    expect([organizationKind, name, demo]).toEqual(['vendor', person, true]);
  const { rows } = await sql<{ years: string[]; reached: string[] }>`
    select array(select id from planning_years order by id) as years, array(
      select y.id from held_roles h join planning_years y
        on y.program = h.program and y.organization_kind = h.organization_kind
          and y.organization_code = h.organization_code
      where h.role = 'vendor' order by y.id) as reached`.execute(ctx.db);
  expect(rows[0]!.reached).toEqual(rows[0]!.years);
  const direct = await sql`
    select from assignments where role = 'vendor' and organization_kind <> 'vendor'`.execute(
    ctx.db,
  );
  expect(direct.rows).toEqual([]);
});

test('and the day’s scan runs on them, while all mail is held', async () => {
  made.clock.set('2027-01-28T15:30:00Z');
  const { recorded, queued } = await scan(ctx);
  expect(recorded).toBeGreaterThan(0);
  expect(queued).toBe(0);
});
