import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { expectProblem } from '../http/problem.ts';
import { type Client, type TestApp, testApp } from '../support/app.ts';
import { DISTRICT, openTestYears } from '../support/years.ts';

/** What coordinators do by hand: within a day, with a reason, and before the eyes of the state. */

const ANY = { 'if-match': '*' };
let app: TestApp;
let years: string[];
let year: string;
let coach: Client;
let principal: Client;
let district: Client;

beforeAll(async () => {
  app = await testApp({ now: '2026-10-15T15:00:00Z' });
  years = await openTestYears(app.ctx, 14);
  coach = app.as(await app.keyFor({ role: 'coordinator', scope: { districts: [DISTRICT] } }));
  principal = app.as(await app.keyFor({ role: 'principal', scope: { all: true } }));
  district = app.as(await app.keyFor({ role: 'district', scope: { all: true } }));
});
beforeEach(() => {
  app.clock.set('2026-11-20T15:00:00Z');
  year = years.pop()!;
});
afterAll(() => app.close());

const act = (who: Client, type: string, data?: object, more: object = {}) =>
  who.post(`/v1/planning-years/${year}/events`, { type, ...(data && { data }), ...more }, ANY);
const complete = (who: Client, task: string) => who.post(`/v1/tasks/${task}/complete`, {}, ANY);
const reopen = (who: Client, task: string) =>
  who.post(`/v1/tasks/${task}/reopen`, { reason: 'By mistake.' }, ANY);
const taskOf = async (role: string): Promise<string> =>
  (await app.admin.get(`/v1/tasks?planningYear=${year}&role=${role}&status=open&limit=1`)).json()
    .data[0].id;
const told = async (who = app.admin) => {
  const { data } = (await who.get('/v1/reports/interventions?limit=1000')).json();
  return data.filter(({ planningYear }: { planningYear: string }) => planningYear === year);
};

describe('an undo', () => {
  const UNDO = { region: 'designation', reason: 'Wrong school.' };

  test('is a coordinator’s for 24 hours, then the state’s', async () => {
    await act(coach, 'designation.letterReceived');
    app.clock.set('2026-11-21T15:00:01Z');
    expectProblem(await act(coach, 'undo', UNDO), 403, 'forbidden');
    expect((await act(app.admin, 'undo', UNDO)).statusCode).toBe(201);

    await act(coach, 'designation.letterReceived');
    app.clock.set('2026-11-22T15:00:01Z');
    expect((await act(coach, 'undo', UNDO)).statusCode).toBe(201);
    expect(await told()).toEqual([]);
  });

  test('is what reopening comes to for a tick that has moved a region', async () => {
    const letters = async (role: string) => {
      const url = `/v1/tasks?planningYear=${year}&role=${role}&limit=1000`;
      const { data } = (await app.admin.get(url)).json();
      return data.find(({ raises }: { raises: string }) => raises === 'designation.letterReceived')
        .id;
    };
    const [first, last] = [await letters('district'), await letters('principal')];
    await complete(district, first);
    // Alone it has moved nothing, so its own role may think again, also days later.
    app.clock.set('2026-11-23T15:00:00Z');
    expect((await reopen(district, first)).statusCode).toBe(200);
    await complete(district, first);
    await complete(principal, last);

    expect(expectProblem(await reopen(principal, last), 403, 'forbidden').detail).toMatch(
      /coordinator within 24 hours .* then for the state/,
    );
    expectProblem(await reopen(district, first), 403, 'forbidden');
    app.clock.set('2026-11-24T15:00:01Z');
    expectProblem(await reopen(coach, last), 403, 'forbidden');
    app.clock.set('2026-11-24T15:00:00Z');
    expect((await reopen(coach, last)).statusCode).toBe(200);
    const { regions } = (await app.admin.get(`/v1/planning-years/${year}`)).json();
    expect(regions.designation.state).toBe('released');
  });

  test('is also what reopening comes to for a waiver, and for another role’s tick', async () => {
    const task = await taskOf('principal');
    await coach.post(`/v1/tasks/${task}/waive`, { reason: 'Flood.' }, ANY);
    expectProblem(await reopen(principal, task), 403, 'forbidden');
    expectProblem(await reopen(district, task), 403, 'forbidden');
    expect((await reopen(coach, task)).statusCode).toBe(200);

    await complete(principal, task);
    app.clock.set('2026-11-22T15:00:00Z');
    expectProblem(await reopen(coach, task), 403, 'forbidden');
    expect((await reopen(app.admin, task)).statusCode).toBe(200);
  });

  test('is told beforehand by a dry run', async () => {
    const task = await taskOf('principal');
    await app.admin.post(`/v1/tasks/${task}/waive`, { reason: 'Flood.' }, ANY);
    const asked = (who: Client) => who.post(`/v1/tasks/${task}/reopen?dryRun=true`, {}, ANY);
    expectProblem(await asked(principal), 403, 'forbidden');
    expect((await asked(coach)).statusCode).toBe(200);
  });
});

describe('stepping in', () => {
  test('is told to the state with its reason, when a coordinator does it', async () => {
    const task = await taskOf('principal');
    const reason = 'Flood.';
    await coach.post(`/v1/tasks/${task}/extend`, { dueOn: '2027-01-15', reason }, ANY);
    await coach.post(`/v1/tasks/${task}/waive`, { reason }, ANY);
    await act(coach, 'force', { region: 'surveys', state: 'progressSent', reason });
    expect(
      (await told()).map(({ reason, event }: { reason: string; event: { type: string } }) => [
        event.type,
        reason,
      ]),
    ).toEqual([
      ['force', 'Flood.'],
      ['waive', 'Flood.'],
      ['extend', 'Flood.'],
    ]);
    expect(await told(coach)).toHaveLength(3);
    const elsewhere = await app.keyFor({ role: 'coordinator', scope: { districts: ['other'] } });
    expect(await told(app.as(elsewhere))).toEqual([]);
    expectProblem(await principal.get('/v1/reports/interventions'), 403, 'forbidden');
  });

  test('is told newest first, each once, wherever a page ends', async () => {
    // The newest is of the year that was opened first.
    const older = year;
    const newest = years.shift()!;
    const force = async (id: string, region: string, state: string) => {
      year = id;
      app.clock.advance({ minutes: 1 });
      const reply = await act(coach, 'force', { region, state, reason: 'In order.' });
      expect(reply.statusCode).toBe(201);
    };
    await force(older, 'surveys', 'progressSent');
    await force(newest, 'surveys', 'progressSent');
    await force(newest, 'designation', 'letterReceived');
    const seen: string[] = [];
    for (let next = '/v1/reports/interventions?limit=1'; next !== ''; ) {
      const { data, nextCursor } = (await app.admin.get(next)).json();
      for (const { planningYear, reason } of data)
        if (reason === 'In order.') seen.push(planningYear);
      next = nextCursor === null ? '' : `/v1/reports/interventions?limit=1&cursor=${nextCursor}`;
    }
    expect(seen).toEqual([newest, newest, older]);
  });

  test('is the state’s own business, when the state does it', async () => {
    await app.admin.post(`/v1/tasks/${await taskOf('principal')}/waive`, { reason: 'Flood.' }, ANY);
    expect(await told()).toEqual([]);
  });

  test('without a reason is refused', async () => {
    const reply = await coach.post(`/v1/tasks/${await taskOf('principal')}/waive`, {}, ANY);
    expect(expectProblem(reply, 400).errors?.map(({ pointer }) => pointer)).toContain('/reason');
  });
});

describe('an act of long ago', () => {
  const LONG_AGO = { effectiveOn: '2026-10-20' };

  test('needs a reason from a coordinator, and is told to the state', async () => {
    const bare = await act(coach, 'designation.letterReceived', undefined, LONG_AGO);
    expect(expectProblem(bare, 400).errors?.map(({ pointer }) => pointer)).toEqual(['/note']);
    const more = { ...LONG_AGO, note: 'By phone, forgotten.' };
    const reply = await act(coach, 'designation.letterReceived', undefined, more);
    expect(reply.statusCode).toBe(201);
    expect(await told()).toMatchObject([{ reason: 'By phone, forgotten.' }]);
  });

  test('of thirty days ago is still everybody’s, and before that not a principal’s', async () => {
    const url = `/v1/tasks/${await taskOf('principal')}/complete`;
    expectProblem(await principal.post(url, LONG_AGO, ANY), 403, 'forbidden');
    const reply = await principal.post(url, { effectiveOn: '2026-10-21' }, ANY);
    expect(reply.statusCode).toBe(200);
    expect(await told()).toEqual([]);
  });
});
