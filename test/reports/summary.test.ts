import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { foldCounts } from '../../src/reports/fold.ts';
import type { Group } from '../../src/reports/groups.ts';
import { rebuildCounts } from '../../src/reports/rebuild.ts';
import type { Client } from '../support/app.ts';
import { vendorKey } from '../support/vendor.ts';
import { counted, type ToldYear, toldYears, whole } from './support/oracle.ts';
import {
  DISTRICTS,
  dice,
  oneOf,
  PROGRAM,
  passSomehow,
  type SmallState,
  smallState,
  YEAR,
} from './support/small-state.ts';

let state: SmallState;
let people: { all: string; two: string; own: string };

beforeAll(async () => {
  state = await smallState();
  people = {
    two: await state.coach('Two Districts', 'district', DISTRICTS[0]!),
    own: await state.coach('Own School', 'school', state.schools[5]!),
    all: await state.coach('Both', 'district', DISTRICTS[0]!),
  };
});
afterAll(() => state.close());

async function groups(client: Client, groupBy: string): Promise<Group[]> {
  const reply = await client.get(
    `/v1/reports/summary?program=${PROGRAM}&year=${YEAR}&groupBy=${groupBy}`,
  );
  expect({ status: reply.statusCode, body: reply.json() }).toMatchObject({
    status: 200,
    body: { program: PROGRAM, year: YEAR, groupBy },
  });
  return reply.json().groups;
}

/** Every grouping against what the logs tell. */
async function expectReconciled(client = state.admin, sees = (_: ToldYear) => true) {
  // Whoever reads lets time pass first; the logs are read after that.
  await groups(client, 'region');
  const years = (await toldYears(state.ctx)).filter(sees);
  const numbers = (group: Group) => {
    const { key: _, title: __, ...rest } = group;
    return rest;
  };
  for (const group of await groups(client, 'region'))
    expect([group.key, numbers(group)]).toEqual([
      group.key,
      counted(
        years,
        (region, { state }) => (region === group.key ? state : null),
        ({ regions }) => regions.includes(group.key),
      ),
    ]);
  for (const group of await groups(client, 'month'))
    expect([group.key, numbers(group)]).toEqual([
      group.key,
      counted(
        years,
        (region, { state, since }) => (since.startsWith(group.key) ? `${region}.${state}` : null),
        ({ month }) => month === group.key,
      ),
    ]);
  const places = async (groupBy: string, keyOf: (year: ToldYear) => string) =>
    expect(
      Object.fromEntries(
        (await groups(client, groupBy)).map((group) => [group.key, numbers(group)]),
      ),
    ).toEqual(
      Object.fromEntries([...Map.groupBy(years, keyOf)].map(([key, some]) => [key, whole(some)])),
    );
  await places('district', ({ district }) => district);
  await places('county', ({ county }) => county);
  const coordinators = new Map((await groups(client, 'coordinator')).map((one) => [one.key, one]));
  const ofDistrict = years.filter(({ district }) => district === DISTRICTS[0]);
  const ofSchool = years.filter(({ code }) => code === state.schools[5]);
  for (const [key, some] of [
    [people.two, ofDistrict],
    [people.all, ofDistrict],
    [people.own, ofSchool],
    ['', years.filter((one) => !ofDistrict.includes(one) && !ofSchool.includes(one))],
  ] as const) {
    const group = coordinators.get(key);
    expect(group && numbers(group)).toEqual(some.length > 0 ? whole(some) : undefined);
  }
}

/** What lies in the tables, counted by the database itself. */
async function byTheDatabase() {
  const { rows } = await sql<{ district: string; done: number; open: number; blocked: number }>`
    select y.district_code as district, count(*) filter (where t.status = 'done') as done,
      count(*) filter (where t.status = 'open') as open,
      count(*) filter (where t.status = 'blocked') as blocked
    from planning_years y join tasks t on t.planning_year_id = y.id group by 1 order by 1`.execute(
    state.ctx.db,
  );
  return rows;
}

describe('the summary', () => {
  test('of a state without planning years names every region, with nothing in it', async () => {
    const empty = await groups(state.admin, 'region');
    expect(empty).toHaveLength(17);
    expect(empty[0]).toEqual({
      ...{ key: 'designation', title: expect.any(String), planningYears: 0, byState: {} },
      tasks: { done: 0, open: 0, blocked: 0, overdue: 0 },
    });
    expect(await groups(state.admin, 'district')).toEqual([]);
  });

  test('equals what the logs tell, to the unit, whatever went through the door at once', async () => {
    const roll = dice(7);
    const ids: string[] = [];
    for (const school of state.schools.slice(0, 8)) ids.push(await state.open(school));
    await expectReconciled();
    let passed = 0;
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let n = 0; n < 50; n += 1) {
        if (await passSomehow(state, oneOf(ids, roll), roll)) passed += 1;
        if (writer === 0 && n % 12 === 5)
          ids.push(await state.open(state.schools[8 + (n - 5) / 12]!));
        if (writer === 1 && n % 10 === 0) await foldCounts(state.ctx.db);
        if (writer === 2 && n % 10 === 0)
          await Promise.all([1, 2].map(() => foldCounts(state.ctx.db)));
        if (writer === 3 && n % 16 === 0)
          await state.importSchools((row) => ({
            ...row,
            name: `${row.name} of ${n}`,
            district: `${row.district} of ${n}`,
            county: roll() < 0.5 ? row.county : `County ${Math.floor(roll() * 4)}`,
          }));
      }
    });
    await Promise.all(writers);
    expect(passed).toBeGreaterThan(150);
    await expectReconciled();
    await foldCounts(state.ctx.db);
    expect(await state.ctx.db.selectFrom('countDeltas').selectAll().execute()).toEqual([]);
    await expectReconciled();
    const districts = await groups(state.admin, 'district');
    const sums = districts.map(({ key, tasks: { done, open, blocked } }) => ({
      district: key,
      done,
      open,
      blocked,
    }));
    expect(sums.toSorted((a, b) => (a.district < b.district ? -1 : 1))).toEqual(
      await byTheDatabase(),
    );
    expect(districts.map(({ title }) => title)).toEqual(
      [0, 1, 2].map((n) => `District ${n} of 48`),
    );
  });

  test('is overdue by the date at which it is asked, without a write', async () => {
    const before = await groups(state.admin, 'county');
    state.clock.set('2026-12-05T15:00:00Z');
    const after = await groups(state.admin, 'county');
    const late = (all: Group[]) => all.reduce((sum, { tasks }) => sum + tasks.overdue, 0);
    expect(late(after)).toBeGreaterThan(late(before));
    await expectReconciled();
    state.clock.set('2027-02-10T15:00:00Z');
    await expectReconciled();
  });

  test('for a key of some districts or schools counts those alone', async () => {
    const district = state.as(
      await state.keyFor({ role: 'district', scope: { districts: [DISTRICTS[2]!] } }),
    );
    await expectReconciled(district, (year) => year.district === DISTRICTS[2]);
    const principal = state.as(
      await state.keyFor({ role: 'principal', scope: { schools: [state.schools[5]!] } }),
    );
    await expectReconciled(principal, (year) => year.code === state.schools[5]);
  });

  test('is not for vendors, and tells a dashboard of no people', async () => {
    const { data } = (await state.admin.get('/v1/planning-years?limit=1')).json();
    const vendor = state.as(await vendorKey(state, data[0].id));
    expect((await vendor.get('/v1/reports/summary')).statusCode).toBe(403);
    const dashboard = state.as(await state.keyFor({ role: 'dashboard', program: null }));
    expect((await dashboard.get('/v1/reports/summary?groupBy=coordinator')).statusCode).toBe(403);
    expect((await dashboard.get('/v1/reports/summary')).json()).toMatchObject({
      program: PROGRAM,
      year: YEAR,
      groupBy: 'region',
    });
  });

  test('is not sent again to whoever has it, until a number changes', async () => {
    const url = `/v1/reports/summary?program=${PROGRAM}&year=${YEAR}`;
    const etag = String((await state.admin.get(url)).headers.etag);
    state.clock.advance({ minutes: 1 });
    const ask = () => state.admin.get(url, { 'if-none-match': etag });
    expect((await ask()).statusCode).toBe(304);
    const { data } = (await state.admin.get('/v1/tasks?status=open&role=slt')).json();
    const tick = await state.admin.post(
      `/v1/tasks/${data[0].id}/complete`,
      {},
      { 'if-match': '*' },
    );
    expect(tick.statusCode).toBe(200);
    const anew = await ask();
    expect([anew.statusCode, anew.headers.etag === etag]).toEqual([200, false]);
  });

  test('of a program that is none: 404; of no grouping that there is: 400', async () => {
    expect((await state.admin.get('/v1/reports/summary?program=x')).statusCode).toBe(404);
    expect((await state.admin.get('/v1/reports/summary?groupBy=moon')).statusCode).toBe(400);
  });
});

describe('the kept counts', () => {
  const rebuilt = () => state.ctx.db.transaction().execute((trx) => rebuildCounts(trx));

  test('hold to what a rebuild counts anew', async () => {
    expect(await rebuilt()).toEqual([]);
    await expectReconciled();
  });

  test('are put right when somebody has touched them, and it is told', async () => {
    await sql`update kept_counts set counts = counts || '{"years": 99}' where district_code = ''`.execute(
      state.ctx.db,
    );
    const wrong = await rebuilt();
    expect(wrong).toHaveLength(1);
    expect(wrong[0]).toMatch(/years: 99 instead of 12/);
    await expectReconciled();
  });

  test('are right whatever statement changed tasks or took years away', async () => {
    const { db } = state.ctx;
    await sql`update tasks set due_on = due_on + 3 where due_on is not null`.execute(db);
    expect(await rebuilt()).toEqual([]);
    await sql`delete from tasks where activity = 'nov-4'`.execute(db);
    expect(await rebuilt()).toEqual([]);
    expect((await groups(state.admin, 'region')).length).toBe(17);
  });
});
