import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { expectProblem } from '../http/problem.ts';
import { csvOf, directoryFile } from '../schools/directory-file.ts';
import { type Client, type TestApp, testApp } from '../support/app.ts';

let app: TestApp;
const file = directoryFile(60, 12);
const codes = file.map(([code]) => code!).sort();
const districtOf = (code: string) => code.slice(0, 14);
const districts = [...new Set(codes.map(districtOf))].sort();
const [school] = codes as [string];
const district = districtOf(school);

interface Organization {
  kind: string;
  code: string;
  [field: string]: unknown;
}

beforeAll(async () => {
  app = await testApp();
  await app.admin.csv('/v1/imports/schools', csvOf(file));
  await app.admin.post('/v1/vendors', { code: 'V-2', name: 'Quality Partners' });
  await app.admin.post('/v1/vendors', { code: 'V-1', name: 'Partners' });
});
afterAll(() => app.close());

async function list(client: Client, query = '', limit = 1000): Promise<Organization[]> {
  const all: Organization[] = [];
  for (let next: string | null = ''; next !== null; ) {
    const cursor: string = next && `&cursor=${next}`;
    const reply = await client.get(`/v1/organizations?limit=${limit}${query}${cursor}`);
    expect([reply.statusCode, reply.body]).toEqual([200, expect.any(String)]);
    all.push(...reply.json().data);
    next = reply.json().nextCursor;
  }
  return all;
}
const named = (some: Organization[]) => some.map(({ code }) => code);
const ofKind = (some: Organization[], kind: string) =>
  named(some.filter((found) => found.kind === kind));

test('the agency, the districts, the schools and the vendors come in pages, each by code', async () => {
  const { code } = app.ctx.programs.all[0]!.pack.program.agency;
  const expected = [code, ...districts, ...codes, 'V-1', 'V-2'];
  expect(named(await list(app.admin))).toEqual(expected);
  expect(named(await list(app.admin, '', 7))).toEqual(expected);
});

test('each says what it is, as Ed-Fi names it, and what it is part of', async () => {
  const { agency } = app.ctx.programs.all[0]!.pack.program;
  const read = async (code: string) => (await app.admin.get(`/v1/organizations/${code}`)).json();
  const open = { operationalStatus: 'Active', closedOn: null, successor: null, demo: false };
  expect(await read(agency.code)).toEqual({
    ...{ kind: 'state', code: agency.code, name: agency.name },
    ...{ category: 'State Education Agency', type: null, parent: null, ...open },
  });
  expect(await read(district)).toMatchObject({
    ...{ kind: 'district', category: 'Local Education Agency' },
    ...{ parent: { kind: 'state', code: agency.code }, ...open },
  });
  const { schoolType, name } = (await app.admin.get(`/v1/schools/${school}`)).json();
  expect(await read(school)).toEqual({
    ...{ kind: 'school', code: school, name, category: 'School', type: schoolType },
    ...{ parent: { kind: 'district', code: district }, ...open },
  });
  expect(await read('V-1')).toEqual({
    ...{ kind: 'vendor', code: 'V-1', name: 'Partners' },
    ...{ category: 'Other', type: null, parent: null, ...open },
  });
  expectProblem(await app.admin.get('/v1/organizations/V-9'), 404, 'not-found');
});

test('they are found by kind, by what they are part of, and by part of a name or code', async () => {
  expect(named(await list(app.admin, '&kind=district'))).toEqual(districts);
  expect(named(await list(app.admin, '&kind=vendor&q=quality'))).toEqual(['V-2']);
  expect(named(await list(app.admin, `&parent=${district}`))).toEqual(
    codes.filter((code) => districtOf(code) === district),
  );
  expect(named(await list(app.admin, `&q=${school}`))).toEqual([school]);
  for (const wildcard of ['%25', '_', '%5C'])
    expect(await list(app.admin, `&q=${wildcard}`)).toEqual([]);
  expectProblem(await app.admin.get('/v1/organizations?kind=planet'), 400, 'invalid-input');
});

test('each role sees those within its reach, with the district of its school', async () => {
  const client = async (role: string, scope: object) =>
    app.as(await app.keyFor({ role, scope: scope as never }));
  const principal = await list(await client('principal', { schools: [school] }));
  expect([ofKind(principal, 'school'), ofKind(principal, 'district')]).toEqual([
    [school],
    [district],
  ]);
  expect(ofKind(principal, 'vendor')).toEqual(['V-1', 'V-2']);
  const staff = await client('district', { districts: [district] });
  expect(ofKind(await list(staff), 'district')).toEqual([district]);
  expect(ofKind(await list(staff), 'school')).toEqual(
    codes.filter((code) => districtOf(code) === district),
  );
  const other = codes.find((code) => districtOf(code) !== district)!;
  for (const code of [other, districtOf(other)])
    expectProblem(await staff.get(`/v1/organizations/${code}`), 404, 'not-found');
  const dashboard = await list(await client('dashboard', { schools: [school] }));
  expect([ofKind(dashboard, 'school'), ofKind(dashboard, 'vendor')]).toEqual([[school], []]);
});

test('a closed school says so, and its tag changes with it', async () => {
  const path = `/v1/organizations/${codes.at(-1)}`;
  const before = await app.admin.get(path);
  const unchanged = await app.admin.get(path, { 'if-none-match': String(before.headers.etag) });
  expect(unchanged.statusCode).toBe(304);
  await app.admin.post(
    `/v1/schools/${codes.at(-1)}/close`,
    { on: '2026-11-09', reason: 'Too few pupils.' },
    { 'if-match': '*' },
  );
  const after = await app.admin.get(path, { 'if-none-match': String(before.headers.etag) });
  expect(after.json()).toMatchObject({ operationalStatus: 'Closed', closedOn: '2026-11-09' });
});
