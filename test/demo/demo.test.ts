import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { Context } from '../../src/context.ts';
import { clearDemo } from '../../src/demo/clear.ts';
import { loadDemoIfEmpty } from '../../src/demo/load.ts';
import { rebuild } from '../../src/planning-years/rebuild.ts';
import { loadPrograms } from '../../src/programs/load.ts';
import { foldCounts } from '../../src/reports/fold.ts';
import { saveDirectory } from '../../src/schools/save-directory.ts';
import { testClock } from '../support/clock.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let programs: Context['programs'];
beforeAll(async () => {
  programs = await loadPrograms();
});

async function demoAt(now: string): Promise<{ ctx: Context; database: TestDatabase }> {
  const database = await createTestDatabase();
  const log = pino({ level: 'silent' });
  const ctx = { db: database.db, programs, clock: testClock(now), log } as unknown as Context;
  expect(await loadDemoIfEmpty(ctx)).toBe(true);
  return { ctx, database };
}

/** Schools with something overdue: what is open, and deadlines even where blocked; no occasion ever is. */
const lateSchools = async (ctx: Context, today: string) => {
  const rows = await ctx.db
    .selectFrom('tasks')
    .innerJoin('planningYears', 'planningYears.id', 'tasks.planningYearId')
    .select('organizationCode')
    .distinct()
    .where('dueOn', '<', today)
    .where((eb) =>
      eb.or([
        eb.and([eb('tasks.status', '=', 'open'), eb('kind', '<>', 'occasion')]),
        eb.and([eb('tasks.status', '=', 'blocked'), eb('kind', '=', 'deadline')]),
      ]),
    )
    .orderBy('organizationCode')
    .execute();
  return rows.map(({ organizationCode }) => organizationCode);
};

const standingOf = (code: string) =>
  programs.get('isbe-comprehensive')!.pack.demo!.schools.find((school) => school.code === code)
    ?.year?.standing;

const years = (ctx: Context) =>
  ctx.db.selectFrom('planningYears').select(['status', 'year', 'state', 'demo']).execute();

describe('the demonstration', () => {
  let ctx: Context;
  let database: TestDatabase;
  beforeAll(async () => {
    ({ ctx, database } = await demoAt('2026-11-21T18:00:00Z'));
  });
  afterAll(() => database.drop());

  test('has twelve schools in four districts, six at work and one done', async () => {
    const schools = await ctx.db.selectFrom('schools').select(['code', 'districtCode']).execute();
    expect(schools.length).toBeGreaterThanOrEqual(12);
    expect(new Set(schools.map((school) => school.districtCode)).size).toBe(4);
    const all = await years(ctx);
    expect(all.filter(({ status }) => status === 'active').length).toBeGreaterThanOrEqual(6);
    expect(all.filter(({ status }) => status === 'done')).toHaveLength(1);
  });

  test('is marked as such throughout, and its mail goes nowhere', async () => {
    for (const { demo } of await years(ctx)) expect(demo).toBe(true);
    const people = await ctx.db.selectFrom('people').select(['email', 'demo']).execute();
    for (const { email, demo } of people) {
      expect(demo).toBe(true);
      expect(email).toMatch(/\.invalid$/);
    }
  });

  test('stands where a real year would: some schools late, the others with nothing overdue', async () => {
    const late = await lateSchools(ctx, '2026-11-21');
    expect(late.length).toBeGreaterThanOrEqual(2);
    expect(late.map(standingOf)).not.toContain('prompt');
  });

  test('has vendors whose contracts let their people reach its schools', async () => {
    const reached = await ctx.db
      .selectFrom('heldRoles')
      .select('organizationCode')
      .where('role', '=', 'vendor')
      .execute();
    const active = await ctx.db
      .selectFrom('planningYears')
      .select('organizationCode')
      .where('status', '=', 'active')
      .execute();
    expect(reached.map((at) => at.organizationCode)).toEqual(
      expect.arrayContaining(active.map((at) => at.organizationCode)),
    );
  });

  test('comes from its own log like any other year', async () => {
    const { differences, broken } = await rebuild(ctx);
    expect([differences, broken]).toEqual([[], []]);
  });

  test('is not loaded into a database that holds something', async () => {
    expect(await loadDemoIfEmpty(ctx)).toBe(false);
  });

  test('can be cleared without a trace, and leaves what is real', async () => {
    const { db } = ctx;
    await db
      .insertInto('people')
      .values({
        ...{ id: '01900000-0000-7000-8000-000000000001', name: 'Real', email: 'real@example.org' },
        ...{ demo: false, version: 1, createdAt: new Date() },
      })
      .execute();
    await clearDemo(db);
    expect(await db.selectFrom('people').select('name').execute()).toEqual([{ name: 'Real' }]);
    // Nor does it go on counting in what reports keep.
    await foldCounts(db);
    for (const table of ['countDeltas', 'keptCounts'] as const)
      expect(await db.selectFrom(table).selectAll().execute()).toEqual([]);
    for (const table of [
      ...(['planningYears', 'logEntries', 'tasks', 'schools', 'districts'] as const),
      ...(['vendors', 'contracts', 'assignments'] as const),
    ])
      expect(await db.selectFrom(table).selectAll().execute()).toEqual([]);
  });
});

test.each([
  ['2026-10-15T20:00:00Z', '2026-27'],
  ['2027-03-01T18:00:00Z', '2026-27'],
  ['2027-07-30T18:00:00Z', '2026-27'],
  ['2026-09-01T18:00:00Z', '2025-26'],
])('at %s the demonstration stands in %s', async (now, year) => {
  const { ctx, database } = await demoAt(now);
  const all = await years(ctx);
  expect(all.filter((each) => each.year === year).length).toBeGreaterThanOrEqual(6);
  expect(all.filter(({ status }) => status === 'done').length).toBeGreaterThanOrEqual(1);
  // Schools that keep to their calendar miss no date in any month, however late others' ticks come.
  expect((await lateSchools(ctx, now.slice(0, 10))).map(standingOf)).not.toContain('prompt');
  expect((await rebuild(ctx)).differences).toEqual([]);
  await database.drop();
});

test('the demonstration shares nothing with a real directory that comes after it', async () => {
  const { ctx, database } = await demoAt('2026-11-21T18:00:00Z');
  const demo = await ctx.db.selectFrom('districts').selectAll().execute();
  const [code, districtCode] = ['15-016-2990-25-0001', '15-016-2990-25'];
  const school = {
    code,
    districtCode,
    districtName: 'Chicago Public Schools',
    name: 'Real School',
  };
  const rest = { city: 'Chicago', county: 'Cook', schoolType: 'X', grades: 'K - 8', enrollment: 1 };
  const changes = await ctx.db
    .transaction()
    .execute((trx) => saveDirectory(trx, [{ ...school, ...rest }], ctx.clock.now(), false));
  expect(changes).toMatchObject({ created: 1, updated: 0, renamedDistricts: [] });
  const invented = ctx.db.selectFrom('schools').select('code').where('demo', '=', true);
  expect(await invented.where('districtCode', '=', districtCode).execute()).toEqual([]);
  const inCharge = await ctx.db
    .selectFrom('assignments')
    .select('id')
    .where((eb) =>
      eb.or([
        eb('organizationKind', '=', 'state'),
        eb('organizationCode', 'in', [code, districtCode]),
      ]),
    )
    .execute();
  expect(inCharge).toEqual([]);
  await clearDemo(ctx.db);
  expect(await ctx.db.selectFrom('schools').select('code').execute()).toEqual([{ code }]);
  const left = await ctx.db.selectFrom('districts').select('code').execute();
  expect([left, demo.length]).toEqual([[{ code: districtCode }], 4]);
  await database.drop();
});
