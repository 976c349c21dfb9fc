import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { actorOfPerson } from '../../src/people/actor-of-person.ts';
import { can } from '../../src/policy/can.ts';
import { scan } from '../../src/reminders/scan.ts';
import { sendMails } from '../../src/reminders/send.ts';
import { expectProblem } from '../http/problem.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { DISTRICT, openTestYears } from '../support/years.ts';

/** People change jobs in the middle of the year. */

const ANY = { 'if-match': '*' };
const MORNING = '2026-11-23T15:00:00Z';
const SCHOOL = `${DISTRICT}-0000`;
let app: TestApp;
let program: string;

beforeAll(async () => {
  app = await testApp({ now: '2026-10-15T15:00:00Z' });
  program = app.ctx.programs.all[0]!.id;
  await openTestYears(app.ctx, 1);
});
afterAll(() => app.close());

const give = (person: unknown, role: string, organization: object, more: object = {}) =>
  app.admin.post('/v1/assignments', {
    ...{ person, program, role, organization, from: '2026-10-01' },
    ...more,
  });
const school = { kind: 'school', code: SCHOOL };
const somebody = (name: string) => ({ name, email: `${name.toLowerCase()}@example.org` });

async function sendAll(): Promise<Record<string, number>> {
  const { db } = app.ctx;
  app.mails.length = 0;
  const messages = await db.selectFrom('messages').select('id').execute();
  await sendMails(
    app.ctx,
    messages.map(({ id }) => id),
  );
  return Object.fromEntries(app.mails.map(({ to, text }) => [to.address, text.length]));
}

test('a successor takes over from a day on: mails, sight and acts', async () => {
  const before = (await give(somebody('Anna'), 'principal', school)).json();
  app.clock.set(MORNING);
  // Anna's mail of the morning lies in the queue already when Bert takes over.
  await scan(app.ctx);
  expect((await app.ctx.db.selectFrom('messages').select('id').execute()).length).toBe(1);
  const url = `/v1/assignments/${before.id}/hand-over`;
  const reply = await app.admin.post(
    url,
    { successor: somebody('Bert'), from: '2026-11-23' },
    { 'if-match': '"v1"' },
  );
  expect(reply.statusCode).toBe(201);
  const { predecessor, successor } = reply.json();
  expect(reply.headers.location).toBe(`/v1/assignments/${successor.id}`);
  expect(predecessor).toMatchObject({ id: before.id, to: '2026-11-22', version: 2 });
  expect(successor).toMatchObject({ role: 'principal', from: '2026-11-23', to: null });

  expect(await actorOfPerson(app.ctx.db, app.ctx, predecessor.person)).toBeNull();
  const actor = (await actorOfPerson(app.ctx.db, app.ctx, successor.person))!;
  const task = { program, school: SCHOOL, district: DISTRICT, role: 'principal' };
  expect(can(actor, 'tasks.settle', task)).toBe('yes');

  await scan(app.ctx);
  expect(Object.keys(await sendAll())).toEqual(['bert@example.org']);
});

describe('a hand-over is refused', () => {
  test('when nothing would be left to the predecessor, or nobody takes over', async () => {
    const { id } = (await give(somebody('Carla'), 'slt', school)).json();
    const url = `/v1/assignments/${id}/hand-over`;
    const to = (successor: unknown, from: string) => app.admin.post(url, { successor, from }, ANY);
    expectProblem(await to(somebody('Dora'), '2026-10-01'), 400);
    expectProblem(await to(somebody('Carla'), '2026-12-01'), 400);
    expectProblem(await to('019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071', '2026-12-01'), 400);
    expectProblem(
      await app.admin.post(url, { successor: somebody('Dora'), from: '2026-12-01' }),
      428,
    );
    await app.admin.post(`/v1/assignments/${id}/end`, { toOn: '2026-11-30' }, ANY);
    expectProblem(await to(somebody('Dora'), '2026-12-01'), 409, 'assignment-ended');
  });
});

test('an organization has one coordinator at a time, however they are named', async () => {
  const district = { kind: 'district', code: DISTRICT };
  const first = (await give(somebody('Emil'), 'coordinator', district)).json();
  const next = await give(somebody('Fanny'), 'coordinator', district, { from: '2027-01-04' });
  expect(next.statusCode).toBe(201);
  expect((await app.admin.get(`/v1/assignments/${first.id}`)).json().to).toBe('2027-01-03');
  const late = await give(somebody('Gerd'), 'coordinator', district, { from: '2027-01-04' });
  expectProblem(late, 409, 'assignment-overlaps');
});

describe('the leadership team', () => {
  const principal = async (code = SCHOOL) =>
    app.as(await app.keyFor({ role: 'principal', scope: { schools: [code] } }));

  test('is named by the principal of the school, who then sees it and nobody else', async () => {
    const own = await principal();
    const wanted = {
      ...{ person: somebody('Hugo'), program, role: 'slt', organization: school },
      from: '2026-11-01',
    };
    const reply = await own.post('/v1/assignments', wanted);
    expect(reply.statusCode).toBe(201);
    const { id, person } = reply.json();
    const names = (await own.get('/v1/people'))
      .json()
      .data.map(({ name }: { name: string }) => name);
    expect(names.sort()).toEqual(['Carla', 'Hugo']);
    expect((await own.get(`/v1/people/${person}`)).statusCode).toBe(200);
    expect(
      (await own.post(`/v1/assignments/${id}/end`, { toOn: '2026-12-01' }, ANY)).statusCode,
    ).toBe(200);

    const other = await principal(`${DISTRICT}-0001`);
    expectProblem(await other.get(`/v1/people/${person}`), 404);
    expectProblem(await other.get(`/v1/assignments/${id}`), 404);
    expectProblem(await other.post('/v1/assignments', wanted), 400);
    expect((await other.get('/v1/people')).json().data).toEqual([]);
  });

  test('is all that a principal names: no other role, and no other address', async () => {
    const own = await principal();
    const wanted = { person: somebody('Hugo'), program, organization: school, from: '2026-11-01' };
    const reply = await own.post('/v1/assignments', { ...wanted, role: 'principal' });
    expectProblem(reply, 403, 'forbidden');
    const [{ id }] = (await own.get('/v1/people?q=hugo')).json().data;
    expectProblem(await own.patch(`/v1/people/${id}`, { email: 'x@example.org' }, ANY), 403);
    expectProblem(await own.post('/v1/people', somebody('Ida')), 403);
  });

  test('is not told whether an address is known', async () => {
    const own = await principal();
    const wanted = { program, role: 'slt', organization: school, from: '2026-11-01' };
    const stranger = { name: 'Another name', email: 'FANNY@example.org' };
    const replies = [
      await own.post('/v1/assignments', { ...wanted, person: stranger }),
      await own.post('/v1/assignments', { ...wanted, person: somebody('Jan') }),
    ];
    expect(replies.map(({ statusCode }) => statusCode)).toEqual([201, 201]);
    expect(Object.keys(replies[0]!.json())).toEqual(Object.keys(replies[1]!.json()));
  });
});
