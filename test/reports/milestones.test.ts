import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { sql } from 'kysely';
import { MILESTONE_COLUMNS, type Milestone } from '../../src/reports/schemas.ts';
import { expectProblem } from '../http/problem.ts';
import type { Client } from '../support/app.ts';
import { vendorKey } from '../support/vendor.ts';
import { toldYears } from './support/oracle.ts';
import { DISTRICTS, PROGRAM, type SmallState, smallState, YEAR } from './support/small-state.ts';

const URL = '/v1/reports/milestones';
const CSV = { accept: 'text/csv' };

let state: SmallState;
let coach: string;
const ids: string[] = [];

beforeAll(async () => {
  state = await smallState();
  await rename('=HYPERLINK("x")');
  for (const school of state.schools.slice(0, 10)) ids.push(await state.open(school));
  await state.coach('Zoe Z.', 'state', 'ISBE');
  coach = await state.coach('Ann A.', 'district', DISTRICTS[0]!);
  await state.coach('Bob B.', 'school', state.schools[0]!);
});
afterAll(() => state.close());

/** Renames the first school in the directory. An import refuses a formula; releases before did not. */
async function rename(name: string): Promise<void> {
  const first = state.ctx.db.updateTable('schools').where('code', '=', state.schools[0]!);
  await first.set({ name }).execute();
}

async function rows(query = '', client: Client = state.admin, limit = 1000): Promise<Milestone[]> {
  const all: Milestone[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = `${URL}?limit=${limit}${query}${cursor && `&cursor=${cursor}`}`;
    const reply = await client.get(page);
    expect([page, reply.statusCode]).toEqual([page, 200]);
    const { data, nextCursor } = reply.json();
    expect(data.length).toBeLessThanOrEqual(limit);
    all.push(...data);
    cursor = nextCursor;
  }
  return all;
}

const csv = async (query = '', client = state.admin): Promise<string> =>
  (await client.get(`${URL}?${query}`, CSV)).body;

describe('the milestones', () => {
  test('are one flat row for each school and region, with the columns in their order', async () => {
    const all = await rows();
    expect(all).toHaveLength(10 * 17);
    expect(Object.keys(all[0]!)).toEqual([
      ...['planningYear', 'program', 'year', 'rcdts', 'schoolName', 'districtCode', 'districtName'],
      ...['county', 'coordinator', 'region', 'regionTitle', 'state', 'stateTitle', 'final'],
      ...['overdue', 'dueOn', 'since', 'updatedAt'],
    ]);
    expect(all[0]).toEqual({
      planningYear: ids[0],
      program: PROGRAM,
      year: YEAR,
      rcdts: state.schools[0],
      schoolName: '=HYPERLINK("x")',
      districtCode: DISTRICTS[0],
      districtName: 'District 0',
      county: 'County 0',
      coordinator: 'Ann A.; Bob B.; Zoe Z.',
      region: 'designation',
      regionTitle: expect.any(String),
      state: 'released',
      stateTitle: expect.any(String),
      final: false,
      overdue: expect.any(Boolean),
      dueOn: expect.any(String),
      since: '2026-10-15',
      updatedAt: '2026-11-10T15:00:00.000Z',
    });
  });

  test('say of every region what the planning year itself says', async () => {
    state.clock.set('2026-12-10T15:00:00Z');
    const all = await rows();
    for (const id of ids) {
      const { regions } = (await state.admin.get(`/v1/planning-years/${id}`)).json();
      const told = all.filter(({ planningYear }) => planningYear === id);
      expect(told.map(({ region }) => region)).toEqual(Object.keys(regions));
      for (const { region, regionTitle, state, stateTitle: title, final, overdue, since } of told)
        expect({ state, title, regionTitle, since, final, overdue }).toEqual(regions[region]);
    }
    expect(all.some(({ overdue }) => overdue)).toBe(true);
    expect(all.some(({ overdue }) => !overdue)).toBe(true);
  });

  test('are due when the first unfinished task of the region is', async () => {
    const all = await rows();
    for (const year of await toldYears(state.ctx))
      for (const row of all.filter(({ planningYear }) => planningYear === year.id)) {
        const dates = year.tasks
          .filter(
            ({ regions, status }) =>
              regions.includes(row.region) && (status === 'open' || status === 'blocked'),
          )
          .flatMap(({ dueOn }) => dueOn ?? []);
        expect([row.region, row.dueOn]).toEqual([row.region, dates.toSorted()[0] ?? null]);
      }
  });

  test('come in pages of any size, each row once', async () => {
    const all = await rows();
    expect(await rows('', state.admin, 7)).toEqual(all);
    expect(await rows('', state.admin, 17)).toEqual(all);
    expect(await rows('&region=sip', state.admin, 3)).toEqual(
      all.filter((row) => row.region === 'sip'),
    );
    const reply = await state.admin.get(`${URL}?limit=7`);
    expect(reply.headers.link).toContain(reply.json().nextCursor);
  });

  test('are filtered by all that a dashboard asks by', async () => {
    const all = await rows();
    const cases: [query: string, holds: (row: Milestone) => boolean][] = [
      [`program=${PROGRAM}&year=${YEAR}`, () => true],
      ['year=2027-28', () => false],
      [`district=${DISTRICTS[1]}`, (row) => row.districtCode === DISTRICTS[1]],
      [`school=${state.schools[3]}`, (row) => row.rcdts === state.schools[3]],
      [`coordinator=${coach}`, (row) => row.districtCode === DISTRICTS[0]],
      [
        'region=iqfsr&state=notStarted',
        (row) => row.region === 'iqfsr' && row.state === 'notStarted',
      ],
      ['state=notStarted', (row) => row.state === 'notStarted'],
      ['overdue=true', (row) => row.overdue],
      ['overdue=false&region=designation', (row) => !row.overdue && row.region === 'designation'],
      ['status=withdrawn', () => false],
    ];
    for (const [query, holds] of cases)
      expect([query, await rows(`&${query}`)]).toEqual([query, all.filter(holds)]);
  });

  test('are of the key’s schools alone, and a dashboard is told of no people', async () => {
    const dashboard = state.as(await state.keyFor({ role: 'dashboard', program: null }));
    expect(new Set((await rows('', dashboard)).map(({ coordinator }) => coordinator))).toEqual(
      new Set(['']),
    );
    const local = state.as(
      await state.keyFor({ role: 'district', scope: { districts: [DISTRICTS[2]!] } }),
    );
    expect(await rows('', local)).toEqual(
      (await rows()).filter((row) => row.districtCode === DISTRICTS[2]),
    );
    const vendor = state.as(await vendorKey(state, ids[0]!));
    expectProblem(await vendor.get(URL), 403);
  });

  test('tell since when by what happened, or by what was recorded', async () => {
    state.clock.set('2026-12-11T03:00:00Z');
    const year = ids[1];
    const reply = await state.admin.post(
      `/v1/planning-years/${year}/events`,
      { type: 'designation.letterReceived', effectiveOn: '2026-11-02' },
      { 'if-match': '*' },
    );
    expect(reply.statusCode).toBe(201);
    const since = async (by: string) => {
      const all = await rows(`&school=${state.schools[1]}&by=${by}`);
      return Object.fromEntries(all.map((row) => [row.region, row.since]));
    };
    expect(await since('effective')).toMatchObject({
      designation: '2026-11-02',
      sip: '2026-10-15',
    });
    // In Chicago it was still the day before when it was recorded; the year was opened in November.
    expect(await since('recorded')).toMatchObject({ designation: '2026-12-10', sip: '2026-11-10' });
  });
});

describe('as CSV, the milestones', () => {
  test('are the whole in one file, the same rows as in JSON', async () => {
    const reply = await state.admin.get(URL, CSV);
    expect(reply.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="milestones-2026-12-10.csv"',
      vary: 'Accept',
    });
    expect(reply.body).toMatch(/^planningYear,program,year,rcdts,.*,updatedAt\r\n/);
    expect(reply.body.split('\r\n')).toHaveLength(1 + 10 * 17 + 1);
    const told: Record<string, string>[] = parse(reply.body, { columns: true });
    const guarded = (value: unknown) => String(value ?? '').replace(/^=/, "'=");
    expect(told).toEqual(
      (await rows()).map((row) =>
        Object.fromEntries(MILESTONE_COLUMNS.map((column) => [column, guarded(row[column])])),
      ),
    );
  });

  test('hold nothing that a spreadsheet would run', async () => {
    for (const name of ['=1+1', '+1', '-1', '@x']) {
      await rename(name);
      const text = await csv(`school=${state.schools[0]}&region=sip`);
      expect(text).toContain(`,'${name},`);
    }
    await rename('a "b", c');
    expect(await csv(`school=${state.schools[0]}&region=sip`)).toContain(',"a ""b"", c",');
  });

  test('take the same filters, and have no pages', async () => {
    const [, ...lines] = (await csv('state=notStarted&limit=2')).trimEnd().split('\r\n');
    expect(lines).toHaveLength((await rows('&state=notStarted')).length);
    const { nextCursor } = (await state.admin.get(`${URL}?limit=1`)).json();
    expectProblem(await state.admin.get(`${URL}?limit=1&cursor=${nextCursor}`, CSV), 400);
    expectProblem(await state.admin.get(URL, { accept: 'image/png' }), 406);
  });

  test('that fail from the start are a problem, not a broken file', async () => {
    await sql`alter table log_entries rename to elsewhere`.execute(state.ctx.db);
    expectProblem(await state.admin.get(`${URL}?by=recorded`, CSV), 500);
    await sql`alter table elsewhere rename to log_entries`.execute(state.ctx.db);
    expect((await state.admin.get(`${URL}?by=recorded`, CSV)).statusCode).toBe(200);
  });

  test('end their transaction when the reader goes away in the middle', async () => {
    const address = await state.app.listen({ host: '127.0.0.1', port: 0 });
    const open = async () => {
      const { rows } = await sql<{ n: number }>`
        select count(*)::int as n from pg_stat_activity
        where datname = current_database() and state like 'idle in transaction%'`.execute(
        state.ctx.db,
      );
      return rows[0]!.n;
    };
    for (let n = 0; n < 30; n += 1) {
      const abort = new AbortController();
      const reply = await fetch(`${address}${URL}`, {
        headers: { ...CSV, authorization: `Bearer ${state.adminKey}` },
        signal: abort.signal,
      });
      if (n % 2 === 0) await reply.body!.getReader().read();
      abort.abort();
    }
    for (let tries = 0; (await open()) > 0 && tries < 100; tries += 1)
      await new Promise((done) => setTimeout(done, 20));
    expect(await open()).toBe(0);
    expect((await csv()).split('\r\n')).toHaveLength(10 * 17 + 2);
  });
});
