import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { sealYesterday } from '../../src/audit/seal.ts';
import { verifyDatabase } from '../../src/audit/verify-database.ts';
import { firstBreak } from '../../src/planning-years/chain.ts';
import { rebuild } from '../../src/planning-years/rebuild.ts';
import { foldCounts } from '../../src/reports/fold.ts';
import { expectProblem } from '../http/problem.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { DISTRICT, openTestYears } from '../support/years.ts';

/** Schools close, merge and get new codes in the middle of the year. */

const ANY = { 'if-match': '*' };
const ON = { on: '2026-11-09', reason: 'By decision of the board.' };
let app: TestApp;
let years: string[];
const codeOf = (n: number) => `${DISTRICT}-${String(n).padStart(4, '0')}`;

beforeAll(async () => {
  app = await testApp({ now: '2026-10-15T15:00:00Z' });
  years = await openTestYears(app.ctx, 5);
  app.clock.set('2026-11-09T15:00:00Z');
  await sealYesterday(app.ctx);
  app.clock.set('2026-11-10T15:00:00Z');
  const other = `rcdts,school_name,district_name,city,county,school_type,grades_served,enrollment
98-902-0020-26-0001,Elsewhere,Other,Town,Far County,High School,9 - 12,100\n`;
  await app.admin.csv('/v1/imports/schools', other);
});
afterAll(() => app.close());

const give = async (name: string, role: string, school: string, from = '2026-10-01') => {
  const reply = await app.admin.post('/v1/assignments', {
    person: { name, email: `${name.toLowerCase()}@example.org` },
    program: app.ctx.programs.all[0]!.id,
    role,
    organization: { kind: 'school', code: school },
    from,
  });
  return reply.json().id as string;
};
const assignment = async (id: string) => (await app.admin.get(`/v1/assignments/${id}`)).json();
const yearAt = async (id: string) => (await app.admin.get(`/v1/planning-years/${id}`)).json();
const act = (school: string, what: string, body: object) =>
  app.admin.post(`/v1/schools/${school}/${what}`, body, ANY);

/** What is kept, beside what is counted anew. */
async function counts() {
  await foldCounts(app.ctx.db);
  const all = sql<{ place: string; n: number }>`
    select c.district_code || ' ' || c.county as place, sum((c.counts ->> 'years')::int)::int as n
    from counts_of(array(select id from planning_years)) c group by 1 order by 1`;
  const kept = await app.admin.get('/v1/reports/summary?groupBy=district');
  const groups = kept.json().groups as { key: string; planningYears: number }[];
  const byDistrict = new Map<string, number>();
  for (const { place, n } of (await all.execute(app.ctx.db)).rows) {
    const [district] = place.split(' ') as [string];
    byDistrict.set(district, (byDistrict.get(district) ?? 0) + n);
  }
  return {
    kept: Object.fromEntries(
      groups.filter((g) => g.planningYears > 0).map((g) => [g.key, g.planningYears]),
    ),
    counted: Object.fromEntries(byDistrict),
  };
}

test('a school that closes has its year withdrawn and its people released; its history stays', async () => {
  const principal = await give('Anna', 'principal', codeOf(0));
  const since = await give('Ines', 'slt', codeOf(0), '2026-11-09');
  const never = [
    await give('Jon', 'slt', codeOf(0), '2026-11-10'),
    await give('Kim', 'slt', codeOf(0), '2027-02-01'),
  ];
  const reply = await act(codeOf(0), 'close', ON);
  expect(reply.json()).toMatchObject({
    school: { rcdts: codeOf(0), closedOn: '2026-11-09', successor: null, version: 2 },
    successor: null,
    planningYears: { moved: [], withdrawn: [years[0]] },
    assignments: { moved: 0, ended: 4 },
  });
  expect((await yearAt(years[0]!)).status).toBe('withdrawn');
  expect((await assignment(since)).to).toBe('2026-11-09');
  for (const id of never) expectProblem(await app.admin.get(`/v1/assignments/${id}`), 404);
  expect((await assignment(principal)).to).toBe('2026-11-08');
  const acts = (await app.admin.get(`/v1/schools/${codeOf(0)}/acts`)).json();
  expect(acts.data).toMatchObject([{ kind: 'closed', school: codeOf(0), ...ON }]);
  expectProblem(await act(codeOf(0), 'close', ON), 409, 'school-closed');
  const data = { reason: 'The closing was revoked.' };
  const url = `/v1/planning-years/${years[0]}/events`;
  const back = await app.admin.post(url, { type: 'reinstate', data }, { 'if-match': '*' });
  expectProblem(back, 409, 'school-closed');
  expect((await yearAt(years[0]!)).status).toBe('withdrawn');
  const reopened = await app.admin.post('/v1/planning-years', {
    ...{ program: app.ctx.programs.all[0]!.id, year: '2026-27', school: codeOf(0) },
    ...{ designation: 'Comprehensive', releasedOn: '2026-10-15' },
  });
  expect(expectProblem(reopened, 400).errors?.[0]?.detail).toContain('closed since 2026-11-09');
  const file = `rcdts,designation,released_on,newly_designated,resource_allocation_review
${codeOf(0)},Comprehensive,2026-10-15,,\n`;
  const refused = await app.admin.csv('/v1/imports/designations', file);
  expect(refused.json().rejected).toMatchObject([{ row: 2, code: 'school-closed' }]);
});

test('nobody is given a role at a school that is no more: neither by call nor by a file', async () => {
  const person = { name: 'Late', email: 'late@example.org' };
  const reply = await app.admin.post('/v1/assignments', {
    ...{ person, program: app.ctx.programs.all[0]!.id, role: 'principal', from: '2026-11-10' },
    organization: { kind: 'school', code: codeOf(0) },
  });
  expectProblem(reply, 409, 'school-closed');
  const file = `organization,role,name,email,from,to\n${codeOf(0)},principal,Late,late@example.org,2026-11-10,\n`;
  const refused = await app.admin.csv('/v1/imports/assignments', file);
  expect(refused.json().rejected).toMatchObject([{ row: 2, code: 'school-closed' }]);
});

test('a school that merges hands over the year that the other lacks, and the roles that are free there', async () => {
  const into = '98-902-0020-26-0001';
  const [principal, team] = [
    await give('Bert', 'principal', codeOf(1)),
    await give('Carla', 'slt', codeOf(1)),
  ];
  await give('Dora', 'principal', into);
  const reply = await act(codeOf(1), 'merge', { into, ...ON });
  expect(reply.json()).toMatchObject({
    school: { successor: into },
    successor: { rcdts: into },
    planningYears: { moved: [years[1]], withdrawn: [] },
    assignments: { moved: 1, ended: 1 },
  });
  expect(await yearAt(years[1]!)).toMatchObject({
    status: 'active',
    school: into,
    district: { code: '98-902-0020-26' },
  });
  expect((await assignment(principal)).to).toBe('2026-11-08');
  expect(await assignment(team)).toMatchObject({ organization: { code: into }, to: null });

  const again = await act(codeOf(2), 'merge', { into, ...ON });
  expect(again.json().planningYears).toEqual({ moved: [], withdrawn: [years[2]] });
});

describe('a school that gets a new code', () => {
  const renewed = '98-902-0020-26-0009';

  test('takes everything along: years, people, keys and counts', async () => {
    const principal = await give('Emil', 'principal', codeOf(3));
    const key = app.as(await app.keyFor({ role: 'principal', scope: { schools: [codeOf(3)] } }));
    const url = `/v1/planning-years/${years[3]}`;
    expect((await key.get(url)).statusCode).toBe(200);
    const reply = await act(codeOf(3), 'recode', { code: renewed, ...ON });
    expect(reply.json()).toMatchObject({
      successor: { rcdts: renewed, district: { code: '98-902-0020-26' }, closedOn: null },
      planningYears: { moved: [years[3]], withdrawn: [] },
      assignments: { moved: 1, ended: 0 },
    });
    expect((await key.get(url)).json()).toMatchObject({ school: renewed, status: 'active' });
    expect((await assignment(principal)).organization.code).toBe(renewed);
    expect(await counts()).toEqual({
      kept: { [DISTRICT]: 3, '98-902-0020-26': 2 },
      counted: { [DISTRICT]: 3, '98-902-0020-26': 2 },
    });
  });

  test('says so in the log of its years, whose chains hold', async () => {
    const { data } = (await app.admin.get(`/v1/planning-years/${years[3]}/events`)).json();
    expect(data.at(-1).note).toContain(`${renewed} instead of ${codeOf(3)}`);
    const [year] = await app.ctx.db
      .selectFrom('planningYears')
      .select(['headSeq as seq', 'headHash as hash'])
      .where('id', '=', years[3]!)
      .execute();
    const rows = await app.ctx.db
      .selectFrom('logEntries')
      .select(['seq', 'entry', 'hash'])
      .where('planningYearId', '=', years[3]!)
      .orderBy('seq')
      .execute();
    expect(firstBreak(rows, year!)).toBeNull();
  });

  test('is what the log of each of its years tells from there on, and seals made before still hold', async () => {
    const told = async (id: string) => {
      const { rows } = await sql<{ school: string; district: string }>`
        select e #>> '{belongsTo,organizationCode}' as school, e #>> '{belongsTo,districtCode}' as district
        from log_entries, lateral (select entry::jsonb as e) t
        where planning_year_id = ${id} and e ? 'belongsTo' order by seq`.execute(app.ctx.db);
      return rows.map(({ school, district }) => [school, district]);
    };
    const other = '98-902-0020-26';
    expect(await told(years[3]!)).toEqual([
      [codeOf(3), DISTRICT],
      [renewed, other],
    ]);
    expect(await told(years[1]!)).toEqual([
      [codeOf(1), DISTRICT],
      [`${other}-0001`, other],
    ]);
    expect(await told(years[4]!)).toEqual([[codeOf(4), DISTRICT]]);
    const { faults, seals } = await verifyDatabase(app.ctx.db, app.ctx.clock.now());
    expect([faults, seals]).toEqual([[], 1]);
  });

  test('must get one that a school can have', async () => {
    const codes = ['x', codeOf(0), codeOf(4), '97-111-0010-26-0001'];
    for (const code of codes) {
      const reply = await act(codeOf(4), 'recode', { code, ...ON });
      expect(expectProblem(reply, 400).errors?.[0]?.pointer).toBe('/code');
    }
    expectProblem(await act(codeOf(4), 'close', { ...ON, on: '2026-11-11' }), 400);
    expectProblem(await act(codeOf(4), 'merge', { ...ON, into: codeOf(0) }), 400);
    expectProblem(await app.admin.post(`/v1/schools/${codeOf(4)}/close`, ON), 428);
  });

  test('may be in the directory under it already, with its own people, but is no other school', async () => {
    const row = (code: string) => `${code},Renewed,Other,City,Far County,High School,9 - 12,100\n`;
    const [own, others] = ['98-902-0020-26-0011', '98-902-0020-26-0012'];
    const header =
      'rcdts,school_name,district_name,city,county,school_type,grades_served,enrollment';
    await app.admin.csv('/v1/imports/schools', `${header}\n${row(own)}${row(others)}`);
    await give('Fay', 'principal', codeOf(4));
    await give('Fay', 'principal', own);
    await give('Gil', 'principal', others);
    const refused = await act(codeOf(4), 'recode', { code: others, ...ON });
    expect(expectProblem(refused, 400).errors?.[0]?.detail).toContain('merge into it');
    const reply = await act(codeOf(4), 'recode', { code: own, ...ON });
    expect(reply.json()).toMatchObject({
      successor: { rcdts: own },
      planningYears: { moved: [years[4]] },
    });
  });

  test('changes nothing that the log does not tell, as every other act here', async () => {
    expect(await rebuild(app.ctx)).toMatchObject({ differences: [], broken: [] });
  });
});
