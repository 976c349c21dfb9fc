import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { expectProblem } from '../http/problem.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { DISTRICT, openTestYears } from '../support/years.ts';

let app: TestApp;
let codes: string[];
const IMPORT = '/v1/imports/contracts';
const HEADER = 'vendor,vendor_name,organization,year,proposed_on,signed_on,to';
const fileOf = (...rows: string[]) => [HEADER, ...rows].join('\n');
const send = (file: string, query = '') => app.admin.csv(`${IMPORT}${query}`, file);

beforeAll(async () => {
  app = await testApp({ now: '2026-11-10T15:00:00Z' });
  await openTestYears(app.ctx, 6);
  const schools = await app.ctx.db.selectFrom('schools').select('code').orderBy('code').execute();
  codes = schools.map(({ code }) => code);
});
afterAll(() => app.close());

const state = async () => ({
  vendors: await app.ctx.db.selectFrom('vendors').selectAll().orderBy('code').execute(),
  contracts: await app.ctx.db.selectFrom('contracts').selectAll().orderBy('id').execute(),
});

const good = () =>
  fileOf(
    `V-1,Partners,${DISTRICT},2026-27,2026-11-02,,`,
    `V-2,Others,${codes[0]},2026-27,2026-11-03,2026-11-09,2027-06-30`,
  );

test('is shown first, and changes nothing then', async () => {
  const before = await state();
  const shown = (await send(good(), '?dryRun=true')).json();
  expect(shown).toMatchObject({ created: 7, changed: 0, unchanged: 0, vendorsCreated: 2 });
  expect(shown.changes[0]).toMatchObject({
    ...{ row: 2, change: 'created', contract: null, vendor: 'V-1', signedOn: null, to: null },
    ...{ organization: codes[0], proposedOn: '2026-11-02' },
  });
  expect(await state()).toEqual(before);
});

test('a row about a district is about all its schools, and the same file twice changes nothing', async () => {
  const done = (await send(good())).json();
  expect(done.created).toBe(7);
  const listed = (await app.admin.get('/v1/contracts?vendor=V-1')).json().data;
  expect(listed.map(({ school }: { school: string }) => school).sort()).toEqual(codes);
  const before = await state();
  const again = (await send(good())).json();
  expect(again).toMatchObject({ created: 0, changed: 0, unchanged: done.created, changes: [] });
  expect(await state()).toEqual(before);
});

test('its people reach the schools from the proposal on', async () => {
  const person = { name: 'Val Vendor', email: 'val@example.org' };
  await app.admin.post('/v1/assignments', {
    ...{ person, program: 'isbe-comprehensive', role: 'vendor', from: '2026-10-01' },
    organization: { kind: 'vendor', code: 'V-1' },
  });
  const held = await app.ctx.db.selectFrom('heldRoles').select('fromOn').execute();
  expect(held).toHaveLength(6);
  for (const { fromOn } of held) expect(fromOn).toBe('2026-11-02');
});

test('what is filled in is set, and what is left empty stays', async () => {
  const signed = fileOf(`V-1,,${DISTRICT},2026-27,2026-11-02,2026-11-10,`);
  expect((await send(signed)).json()).toMatchObject({ created: 0, changed: 6 });
  const ended = fileOf(`V-1,,${codes[0]},2026-27,2026-11-02,,2027-06-30`);
  expect((await send(ended)).json()).toMatchObject({ changed: 1 });
  const [first] = (await app.admin.get(`/v1/contracts?vendor=V-1&school=${codes[0]}`)).json().data;
  expect(first).toMatchObject({ signedOn: '2026-11-10', to: '2027-06-30', version: 3 });
  const unchanged = fileOf(`V-1,Partners,${codes[0]},2026-27,2026-11-02,,`);
  expect((await send(unchanged)).json()).toMatchObject({ changed: 0, unchanged: 1 });
});

test('a file with bad rows is refused whole, each named by its line', async () => {
  const school = codes[1]!;
  const bad: [code: string, row: string][] = [
    ['unknown-vendor', `V-9,,${school},2026-27,2026-11-02,,`],
    ['code-taken', `${school},Partners,${school},2026-27,2026-11-02,,`],
    ['name-differs', `V-1,Partner,${school},2026-27,2026-11-02,,`],
    ['no-planning-year', `V-1,,99-999-9999-26-9999,2026-27,2026-11-02,,`],
    ['no-planning-year', `V-1,,${school},2025-26,2026-11-02,,`],
    ['proposal-differs', `V-1,,${codes[0]},2026-27,2026-11-05,,`],
    ['out-of-order', `V-2,,${school},2026-27,2026-11-02,2026-11-01,`],
    ['out-of-order', `V-2,,${codes[0]},2026-27,2026-11-03,,2026-11-04`],
    ['bad-date', `V-2,,${school},2026-27,11/2/2026,,`],
    ['bad-date', `V-2,,${school},2026-27,,,`],
    ['bad-name', `V-8,"A\r\nB",${school},2026-27,2026-11-02,,`],
    ['bad-vendor', `,X,${school},2026-27,2026-11-02,,`],
    ['duplicate', `V-2,,${school},2026-27,2026-11-02,,`],
    ['wrong-cell-count', 'V-2'],
  ];
  const file = fileOf(`V-2,,${school},2026-27,2026-11-02,,`, ...bad.map(([, row]) => row));
  const before = await state();
  const reply = await send(file);
  const rejected = bad.map(([code], at) => expect.objectContaining({ row: at + 3, code }));
  expect(reply.json()).toMatchObject({ code: 'rows-rejected', rejected });
  expectProblem(reply, 422, 'rows-rejected');
  expect(await state()).toEqual(before);
  const partly = (await send(file, '?partial=true')).json();
  expect(partly).toMatchObject({ created: 1, rejected });
});

test('a withdrawn planning year takes none', async () => {
  const [year] = (await app.admin.get(`/v1/planning-years?school=${codes[5]}`)).json().data;
  const withdrawal = { type: 'withdraw', data: { reason: 'Appealed.' } };
  await app.admin.post(`/v1/planning-years/${year.id}/events`, withdrawal, { 'if-match': '*' });
  const reply = await send(fileOf(`V-2,,${codes[5]},2026-27,2026-11-02,,`));
  expect(reply.json().rejected).toMatchObject([{ row: 2, code: 'no-planning-year' }]);
});

test('is for the state alone', async () => {
  const coach = app.as(await app.keyFor({ role: 'coordinator', scope: { districts: [DISTRICT] } }));
  expectProblem(await coach.csv(IMPORT, good()), 403);
});
