import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildApp } from '../../src/app.ts';
import { verifyDatabase } from '../../src/audit/verify-database.ts';
import { load } from '../../src/backup/load.ts';
import { type Part, readBackup } from '../../src/backup/read-backup.ts';
import { prepareSession } from '../../src/backup/session.ts';
import type { Context } from '../../src/context.ts';
import { migrateTo } from '../../src/db/migrate.ts';
import type { App } from '../../src/http/app.ts';
import { rebuild } from '../../src/planning-years/rebuild.ts';
import { readLog } from '../../src/planning-years/store.ts';
import { upgradeYears, upgrading } from '../../src/planning-years/upgrade.ts';
import { prepareDatabase } from '../../src/prepare-database.ts';
import { scan } from '../../src/reminders/scan.ts';
import { rebuildCounts } from '../../src/reports/rebuild.ts';
import { bareDatabase } from '../backup/support/databases.ts';
import { BOOTSTRAP_KEY, type Client, clientOf, testContext } from '../support/app.ts';

/**
 * The database of the release before, as it stood while that served its demonstration: thirteen
 * planning years under version 2 of the charts, with ticks, notes, reminders and mails. This release
 * starts on it.
 */
const FILE = join(import.meta.dirname, 'release-1.backup');
const NOW = '2027-01-20T15:10:00Z';

const begun: (() => Promise<unknown>)[] = [];
let ctx: Context;
let app: App;
let client: Client;

beforeAll(async () => {
  const database = await bareDatabase();
  begun.push(database.drop);
  await asItStood(database.db);
  const made = await testContext({ now: NOW });
  begun.push(made.drop);
  ctx = { ...made.ctx, db: database.db };
  await prepareDatabase({ owner: database.url }, ctx.log);
  await upgradeYears(ctx.db, upgrading(ctx));
  app = await buildApp(ctx);
  begun.push(() => app.close());
  client = clientOf(app, BOOTSTRAP_KEY);
});
afterAll(async () => {
  for (const end of begun.reverse()) await end();
});

/** Tables at the level of that release, and its rows in them: what a new process finds. */
async function asItStood(db: Context['db']): Promise<void> {
  const parts = readBackup(FILE);
  const { value } = (await parts.next()) as { value: Extract<Part, { kind: 'header' }> };
  await db.transaction().execute(async (trx) => {
    await prepareSession(trx);
    await migrateTo(trx, value.header.migrations.at(-1)!);
    await load(trx, value.header, parts);
  });
}

test('every planning year is on the charts of this release, and says so and whose it is', async () => {
  const { machines } = ctx.programs.all[0]!;
  const years = await ctx.db
    .selectFrom('planningYears')
    .select(['id', 'machineVersion', 'organizationCode', 'year'])
    .execute();
  expect(years).toHaveLength(13);
  for (const { id, machineVersion, organizationCode, year } of years) {
    expect(machineVersion).toBe(machines.version);
    const entry = (await readLog(ctx.db, id)).findLast(({ type }) => type === 'charts.changed');
    expect(entry?.belongsTo).toMatchObject({ organizationCode, year });
  }
});

test('everything is read through the API, and nothing is left out', async () => {
  const lists = [
    ...['planning-years', 'tasks', 'people', 'assignments', 'keys', 'schools', 'organizations'],
    ...['vendors', 'contracts', 'reminders', 'reports/milestones', 'audit', 'changes'],
  ];
  for (const list of lists) {
    const reply = await client.get(`/v1/${list}?limit=1000`);
    expect([list, reply.statusCode, reply.json().warnings]).toEqual([list, 200, undefined]);
  }
  for (const { id } of (await client.get('/v1/planning-years?limit=50')).json().data)
    expect((await client.get(`/v1/planning-years/${id}`)).statusCode).toBe(200);
  expect((await client.get('/v1/quarantine')).json().data).toEqual([]);
});

test('rows, tasks, counts and chains are as the log tells them', async () => {
  const { planningYears, differences, broken } = await rebuild(ctx);
  expect({ planningYears, differences, broken }).toEqual({
    ...{ planningYears: 13, differences: [], broken: [] },
  });
  expect(await ctx.db.transaction().execute(rebuildCounts)).toEqual([]);
  expect((await verifyDatabase(ctx.db, ctx.clock.now())).faults).toEqual([]);
});

test('it is worked on: a tick, a note, the scan of the day', async () => {
  const [task] = (await client.get('/v1/tasks?status=open&limit=1')).json().data;
  const done = await client.post(`/v1/tasks/${task.id}/complete`, {}, { 'if-match': '*' });
  expect(done.statusCode).toBe(200);
  const note = await client.post(`/v1/planning-years/${task.planningYear}/notes`, { text: 'On.' });
  expect(note.statusCode).toBe(201);
  await expect(scan(ctx)).resolves.toBeDefined();
});
