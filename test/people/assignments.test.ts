import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { actorOfPerson } from '../../src/people/actor-of-person.ts';
import { expectProblem } from '../http/problem.ts';
import { csvOf, directoryFile } from '../schools/directory-file.ts';
import { type TestApp, testApp } from '../support/app.ts';

let app: TestApp;
let person: string;
const [[school]] = directoryFile(1, 1) as [[string]];
const district = school.slice(0, 14);
const program = 'isbe-comprehensive';

beforeAll(async () => {
  app = await testApp();
  await app.admin.csv('/v1/imports/schools', csvOf(directoryFile(1, 1)));
  person = (await app.admin.post('/v1/people', { name: 'A', email: 'a@example.org' })).json().id;
});
afterAll(() => app.close());

const wanted = (more: object = {}) => ({
  person,
  program,
  role: 'principal',
  organization: { kind: 'school', code: school },
  from: '2026-10-01',
  ...more,
});
const give = (more: object = {}) => {
  app.clock.advance({ minutes: 1 });
  return app.admin.post('/v1/assignments', wanted(more));
};

test('a role is given, listed by each of its sides, and ended', async () => {
  const reply = await give();
  const assignment = reply.json();
  expect(reply.statusCode).toBe(201);
  expect(assignment).toEqual({ ...wanted(), id: assignment.id, to: null, demo: false, version: 1 });
  await give({ role: 'district', organization: { kind: 'district', code: district } });
  await give({ role: 'isbe', organization: { kind: 'state', code: 'ISBE' }, to: '2027-06-30' });

  const listed = async (query: string) =>
    (await app.admin.get(`/v1/assignments?${query}`))
      .json()
      .data.map(({ role }: { role: string }) => role);
  expect(await listed(`person=${person}`)).toEqual(['principal', 'district', 'isbe']);
  expect(await listed(`school=${school}`)).toEqual(['principal']);
  expect(await listed(`district=${district}`)).toEqual(['district']);
  expect(await listed('role=isbe&on=2027-06-30')).toEqual(['isbe']);
  expect(await listed('role=isbe&on=2027-07-01')).toEqual([]);
  expect(await listed('on=2026-09-30')).toEqual([]);
  expect(await listed('program=another')).toEqual([]);

  const path = `/v1/assignments/${assignment.id}`;
  const end = (headers: Record<string, string>, toOn = '2027-01-31') =>
    app.admin.post(`${path}/end`, { toOn }, headers);
  expectProblem(await end({}), 428);
  expectProblem(await end({ 'if-match': '"v1"' }, '2026-09-30'), 400);
  const ended = await end({ 'if-match': String(reply.headers.etag) });
  expect(ended.json()).toEqual({ ...assignment, to: '2027-01-31', version: 2 });
  expect((await app.admin.get(path)).json()).toEqual(ended.json());
  expectProblem(await end({ 'if-match': '"v1"' }), 412);
});

test('a role that was given by mistake is taken back on its first day, and later only ended', async () => {
  const wrong = { person: { name: 'Wrong', email: 'wrong@example.org' }, role: 'slt' };
  const today = (await give({ ...wrong, from: '2026-11-10' })).json();
  const path = `/v1/assignments/${today.id}`;
  const sees = async () => (await actorOfPerson(app.ctx.db, app.ctx, today.person)) !== null;
  expect(await sees()).toBe(true);
  expectProblem(await app.admin.delete(path), 428);
  expectProblem(await app.admin.delete(path, { 'if-match': '"v9"' }), 412);
  expect((await app.admin.delete(path, { 'if-match': '"v1"' })).statusCode).toBe(204);
  expect(await sees()).toBe(false);
  expectProblem(await app.admin.get(path), 404);

  const yesterday = (await give({ ...wrong, from: '2026-11-09' })).json();
  const held = await app.admin.delete(`/v1/assignments/${yesterday.id}`, { 'if-match': '*' });
  expectProblem(held, 409, 'assignment-held');
  const ahead = (await give({ ...wrong, role: 'principal', from: '2027-02-01' })).json();
  const gone = await app.admin.delete(`/v1/assignments/${ahead.id}`, { 'if-match': '*' });
  expect(gone.statusCode).toBe(204);
});

describe('is refused:', () => {
  test.each([
    ['an unknown person', { person: '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071' }, '/person'],
    ['an unknown program', { program: 'another' }, '/program'],
    ['a role that the program does not have', { role: 'wizard' }, '/role'],
    ['an unknown school', { organization: { kind: 'school', code: 'x' } }, '/organization/code'],
    [
      'an unknown district',
      { organization: { kind: 'district', code: 'x' } },
      '/organization/code',
    ],
    [
      'another state’s agency',
      { organization: { kind: 'state', code: 'x' } },
      '/organization/code',
    ],
    [
      'a school’s role for the whole state',
      { organization: { kind: 'state', code: 'ISBE' } },
      '/role',
    ],
    ['an end before the beginning', { to: '2026-09-30' }, '/to'],
    ['a day that does not exist', { from: '2027-02-29' }, '/from'],
    ['a year that no database knows', { from: '0000-01-01' }, '/from'],
  ])('%s', async (_, more, pointer) => {
    const { errors } = expectProblem(await give(more), 400);
    expect(errors?.map((each) => each.pointer)).toContain(pointer);
  });

  test('the same role on the same days, also when asked for twice at once', async () => {
    const someone = (
      await app.admin.post('/v1/people', { name: 'B', email: 'b@example.org' })
    ).json().id;
    const replies = await Promise.all([1, 2, 3, 4].map(() => give({ person: someone })));
    expect(replies.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409, 409, 409]);
    expectProblem(await give({ person: someone, from: '2027-01-01' }), 409, 'assignment-overlaps');
    const before = { person: someone, from: '2026-01-01', to: '2026-09-30' };
    expect((await give(before)).statusCode).toBe(201);
  });
});
