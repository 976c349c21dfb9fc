import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { Client as Connection } from 'pg';
import type { Step } from '../../migrations/index.ts';
import { connectionSettings } from '../../src/db/connection-settings.ts';
import { admitWriters, isNewerAtWork, noteRelease } from '../../src/db/writers.ts';
import { standsBack } from '../../src/process/stands-back.ts';
import { RELEASE } from '../../src/release.ts';
import { expectProblem } from '../http/problem.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { someoneWaits } from '../support/locks.ts';
import { until } from '../support/until.ts';
import { openTestYears } from '../support/years.ts';

/** Two releases on one database: who may still write, and who does the work. */

const step = (oldestWriter: number): Record<string, Step> => ({
  later: { up: async () => {}, oldestWriter },
});
const ANY = { 'if-match': '*' };

let app: TestApp;
let year: string;
const connections: Connection[] = [];

beforeAll(async () => {
  app = await testApp({ now: '2026-11-18T15:00:00Z' });
  [year] = (await openTestYears(app.ctx, 1)) as [string];
});
afterAll(async () => {
  for (const one of connections) await one.end();
  await app.close();
});

/** A connection as another release makes it; the first told nothing of itself. */
async function connectionOf(release: number | null): Promise<Connection> {
  const { rows } = await sql<{ name: string }>`
    select current_database() as name`.execute(app.ctx.db);
  const url = new URL(process.env.TEST_DATABASE_URL!);
  url.pathname = `/${rows[0]!.name}`;
  const settings = connectionSettings(url.href);
  const options = release === null ? '-c timezone=UTC' : `-c planning_year.release=${release}`;
  const one = new Connection({ ...settings, options });
  await one.connect();
  connections.push(one);
  return one;
}

const WRITE = "update schools set name = name || ''";
const admit = (oldestWriter: number, release = RELEASE) =>
  admitWriters(app.ctx.db, release, step(oldestWriter));
const again = () => sql`update writers set oldest = 1, newest = ${RELEASE}`.execute(app.ctx.db);
const note = () => app.admin.post(`/v1/planning-years/${year}/notes`, { text: 'On.' });

describe('a migration that excludes earlier releases', () => {
  test('leaves all to write before it, also the one that tells nothing of itself', async () => {
    for (const release of [null, 1, RELEASE])
      await expect((await connectionOf(release)).query(WRITE)).resolves.toBeDefined();
  });

  test('has the database refuse their writes, and no read', async () => {
    await admit(2);
    for (const release of [null, 1]) {
      const one = await connectionOf(release);
      await expect(one.query(WRITE)).rejects.toMatchObject({ code: 'PY001' });
      await expect(one.query('select * from schools')).resolves.toBeDefined();
    }
    await expect((await connectionOf(2)).query(WRITE)).resolves.toBeDefined();
    await again();
  });

  test('waits for what they have begun to write, and lets nothing slip by it', async () => {
    const [first, second] = [await connectionOf(1), await connectionOf(1)];
    await first.query('begin');
    await first.query(WRITE);
    let admitted = false;
    const admitting = admit(2).then(() => {
      admitted = true;
    });
    // Whoever comes now waits behind the migration, and is refused.
    await until(() => someoneWaits(app.ctx.db));
    const late = second.query(WRITE).catch((error) => error.code);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(admitted).toBe(false);
    await first.query('commit');
    await admitting;
    expect(await late).toBe('PY001');
    await again();
  });

  test('covers every table that a release writes', async () => {
    const { rows } = await sql<{ name: string }>`
      select relname as name from pg_class c
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
        and not exists (
          select from pg_trigger where tgrelid = c.oid and tgname = 'refuse_outdated')
      order by name`.execute(app.ctx.db);
    expect(rows.map(({ name }) => name)).toEqual([
      ...['heartbeats', 'kysely_migration', 'kysely_migration_lock', 'writers'],
    ]);
  });
});

describe('a process that may write no more', () => {
  beforeAll(async () => {
    // What any installation that has been used has.
    await app.admin.get('/v1/tasks?limit=1');
    await admit(RELEASE + 1, RELEASE + 1);
  });
  afterAll(again);

  test('answers writes with 503, says so in /readyz, and goes on reading', async () => {
    const refusal = expectProblem(await note(), 503, 'outdated-release');
    expect(refusal.detail).toContain('newer release');
    expect((await note()).headers['retry-after']).toBe('2');
    const [task] = (await app.admin.get('/v1/tasks?status=open&limit=1')).json().data;
    expectProblem(await app.admin.post(`/v1/tasks/${task.id}/complete`, {}, ANY), 503);
    expect((await app.admin.get(`/v1/planning-years/${year}`)).statusCode).toBe(200);
    expect(expectProblem(await app.as(null).get('/readyz'), 503)).toMatchObject({
      failed: ['release'],
    });
  });

  test('leaves the work of the minute and of the queue alone, and sets nothing aside', async () => {
    expect(await standsBack(app.ctx)).toBe(true);
    const { rows } = await sql`select from quarantine`.execute(app.ctx.db);
    expect(rows).toEqual([]);
  });
});

describe('a newer release that is at work', () => {
  test('does the background work alone, until it is gone for minutes', async () => {
    const { ctx, clock } = app;
    expect(await standsBack(ctx)).toBe(false);
    await noteRelease(ctx.db, clock.now());
    expect(await standsBack(ctx)).toBe(false);
    await noteRelease(ctx.db, clock.now(), RELEASE + 1);
    expect(await standsBack(ctx)).toBe(true);
    expect(await isNewerAtWork(ctx.db, clock.now(), RELEASE + 1)).toBe(false);
    clock.advance({ minutes: 6 });
    expect(await standsBack(ctx)).toBe(false);
  });

  test('may have years on charts of its own, which are set aside by nobody', async () => {
    const set = (version: string) =>
      sql`update planning_years set machine_version = ${version} where id = ${year}`.execute(
        app.ctx.db,
      );
    const { machines } = app.ctx.programs.all[0]!;
    await set('99');
    await sql`update writers set newest = ${RELEASE + 1}`.execute(app.ctx.db);
    const refusal = expectProblem(await app.admin.get(`/v1/planning-years/${year}`), 503);
    expect(refusal.detail).toContain('newer release');
    const list = (await app.admin.get('/v1/planning-years')).json();
    expect(list).toMatchObject({ data: [], warnings: [{}] });
    const aside = () => app.admin.get('/v1/quarantine').then((reply) => reply.json().data);
    expect(await aside()).toEqual([]);
    await again();
    expectProblem(await app.admin.get(`/v1/planning-years/${year}`), 503, 'quarantined');
    expect(await aside()).toMatchObject([{ kind: 'planningYear', id: year }]);
    await set(machines.version);
  });
});
