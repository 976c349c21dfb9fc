import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectProblem } from '../http/problem.ts';
import { type TestApp, testApp } from '../support/app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
});
afterAll(() => app.close());

const PATH = '/v1/programs/isbe-comprehensive';

test('the programs are listed with their roles and kinds', async () => {
  const { data, nextCursor } = (await app.admin.get('/v1/programs')).json();
  expect(nextCursor).toBeNull();
  const [program] = data;
  expect(program).toMatchObject({ id: 'isbe-comprehensive', unit: 'school' });
  expect(program.roles).toContainEqual({ id: 'principal', kind: 'school', title: 'Principal' });
  expect((await app.admin.get(PATH)).json()).toEqual(program);
});

test('a key of another program sees none', async () => {
  const other = app.as(await app.keyFor({ role: 'dashboard', program: 'another' }));
  expect((await other.get('/v1/programs')).json().data).toEqual([]);
  expectProblem(await other.get(PATH), 404);
});

describe('the calendar', () => {
  const calendar = async (query = '') => (await app.admin.get(`${PATH}/calendar${query}`)).json();

  test('of a year has the dates of that year', async () => {
    const { year, activities } = await calendar('?year=2026-27');
    expect(year).toBe('2026-27');
    const tasks = activities.flatMap(({ tasks }: { tasks: { dueOn: string | null }[] }) => tasks);
    const dates = tasks.flatMap(({ dueOn }: { dueOn: string | null }) => dueOn ?? []);
    expect(dates).toContain('2027-01-31');
    for (const date of dates) expect(date >= '2026-10-01' && date <= '2027-07-31').toBe(true);
  });

  test.each([
    ['2026-11-10T15:00:00Z', '2026-27'],
    ['2027-07-31T15:00:00Z', '2026-27'],
    // In Chicago it is still the last day of July.
    ['2027-08-01T04:00:00Z', '2026-27'],
    ['2027-08-02T15:00:00Z', '2027-28'],
    ['2027-10-01T15:00:00Z', '2027-28'],
  ])('at %s is that of %s', async (now, year) => {
    app.clock.set(now);
    expect((await calendar()).year).toBe(year);
    app.clock.set('2026-11-10T15:00:00Z');
  });

  test('says of a task without a date that nobody has set it, or that districts do', async () => {
    const { activities } = await calendar('?year=2026-27');
    type Task = { id: string; dueOn: string | null; notes: { kind: string; text: string }[] };
    const tasks: Task[] = activities.flatMap((activity: { tasks: Task[] }) => activity.tasks);
    const notes = tasks.flatMap(({ dueOn, notes }) =>
      notes.filter(({ kind }) => kind === 'unset').map(({ text }) => [dueOn, text.split(':')[0]]),
    );
    expect(notes).toContainEqual([null, 'The date of this year has not been set']);
    expect(notes).toContainEqual([null, 'Each district sets its own date']);
    expect(notes.filter(([dueOn]) => dueOn !== null)).toEqual([]);
  });

  test.each(['2026', '2026-28', '2026-2027', 'x'])('of %s is refused', async (year) => {
    const reply = await app.admin.get(`${PATH}/calendar?year=${year}`);
    expect(expectProblem(reply, 400).errors?.[0]?.pointer).toBe('?year');
  });

  test('is not sent again to whoever has it', async () => {
    const { etag } = (await app.admin.get(`${PATH}/calendar?year=2026-27`)).headers;
    const headers = { 'if-none-match': String(etag) };
    expect((await app.admin.get(`${PATH}/calendar?year=2026-27`, headers)).statusCode).toBe(304);
    expect((await app.admin.get(`${PATH}/calendar?year=2027-28`, headers)).statusCode).toBe(200);
  });
});

describe('the charts', () => {
  const machine = (accept?: string) =>
    app.admin.get(`${PATH}/machine`, accept === undefined ? {} : { accept });

  test('come as JSON with every region', async () => {
    const { regions } = (await machine()).json();
    expect(regions).toHaveLength(17);
  });

  test('come as a picture', async () => {
    const reply = await machine('text/vnd.mermaid');
    expect(reply.headers['content-type']).toBe('text/vnd.mermaid; charset=utf-8');
    expect(reply.body).toMatch(/^stateDiagram-v2\n/);
    expect(reply.headers.etag).not.toBe((await machine()).headers.etag);
  });

  test('come as nothing else', async () => {
    expectProblem(await machine('image/png'), 406, 'not-acceptable');
  });
});

test('the statechart speaks in the agency’s own words', async () => {
  const text = (await app.admin.get(`${PATH}/machine`)).body;
  expect(text).toContain('Entered in IWAS');
  expect(text).not.toMatch(/\{[a-z]+\}/);
});
