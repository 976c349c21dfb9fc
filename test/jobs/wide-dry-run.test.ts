import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runJob } from '../../src/jobs/run.ts';
import { addDays } from '../../src/reminders/days.ts';
import { expectProblem } from '../http/problem.ts';
import { codes, DISTRICT, OTHER, tasksOf, type Wide, wide, YEAR } from './support.ts';

/** What an act of many would change is told beforehand, and is what it then changes. */
let api: Wide;
beforeAll(async () => {
  api = await wide();
  for (const [role, code] of [
    ['principal', codes[0]],
    ['principal', codes[1]],
    ['coordinator', codes[0]],
  ]) {
    const { id } = (
      await api.admin.post('/v1/people', { name: `${role} ${code}`, email: `${role}${code}@a.org` })
    ).json();
    const reply = await api.admin.post('/v1/assignments', {
      ...{ person: id, program: 'isbe-comprehensive', role, from: '2026-10-01' },
      organization: { kind: 'school', code },
    });
    expect(reply.statusCode).toBe(201);
  }
});
afterAll(() => api.close());

const ANY = { 'if-match': '*' };
async function untouched<T>(ask: () => Promise<T>): Promise<T> {
  const [before, jobs] = [await api.everything(), api.jobs.length];
  const answer = await ask();
  expect(await api.everything()).toBe(before);
  expect(api.jobs.length).toBe(jobs);
  return answer;
}

describe('a wide act', () => {
  test('tells how many would take it, who would not and why, states and tasks in numbers', async () => {
    const first = api.years.get(codes[0]!);
    const letter = { type: 'designation.letterReceived' };
    await api.admin.post(`/v1/planning-years/${first}/events`, letter, ANY);
    const told = await untouched(async () => {
      const reply = await api.admin.post(`${YEAR}/events?dryRun=true`, letter);
      expect(reply.statusCode).toBe(200);
      return reply.json();
    });
    expect(told).toMatchObject({
      dryRun: true,
      planningYears: 7,
      acts: { taken: 6, alreadySo: 0, refused: 1 },
      refusals: [{ planningYear: first, school: codes[0], code: 'event-not-possible' }],
    });
    expect(told.states).toContainEqual({
      ...{ region: 'designation', from: 'released', to: 'letterReceived', planningYears: 6 },
    });
    expect(told.first).toHaveLength(3);
    expect(told.first[0]).toMatchObject({
      school: expect.stringMatching(/^98-90/),
      event: { type: 'designation.letterReceived' },
    });
    for (const { planningYears } of told.tasks) expect(planningYears).toBe(6);

    // And so it comes.
    const before = new Map(
      (await api.ctx.db.selectFrom('tasks').select(['id', 'status']).execute()).map((row) => [
        row.id,
        row.status,
      ]),
    );
    const job = (await api.admin.post(`${YEAR}/events`, letter)).json();
    await runJob(api.ctx, job.id);
    const done = (await api.admin.get(`/v1/jobs/${job.id}`)).json();
    expect(done.failures).toEqual(told.refusals);
    const changed = (
      await api.ctx.db.selectFrom('tasks').select(['id', 'taskKey', 'status']).execute()
    ).filter(({ id, status }) => before.get(id) !== status);
    const counted = Map.groupBy(
      changed,
      (row) => `${row.taskKey} ${before.get(row.id)} ${row.status}`,
    );
    const named = (task: { task: string; from: string; to: string }) =>
      `${task.task} ${task.from} ${task.to}`;
    expect(new Set(told.tasks.map(named))).toEqual(new Set(counted.keys()));
  });

  test('tells its mails in numbers by role', async () => {
    const { taskKey, dueOn } = await api.ctx.db
      .selectFrom('tasks')
      .select(['taskKey', 'dueOn'])
      .where('role', '=', 'principal')
      .where('kind', '=', 'deadline')
      .where('status', '=', 'open')
      .where('dueOn', '>', '2026-11-01')
      .orderBy('dueOn')
      .limit(1)
      .executeTakeFirstOrThrow();
    const today = api.clock.now().toISOString();
    api.clock.set(`${addDays(dueOn!, -9)}T15:00:00Z`);
    const data = { task: taskKey, dueOn: '2027-07-01', reason: 'Snow.' };
    const { mails, acts } = await untouched(async () =>
      (await api.admin.post(`${YEAR}/events?dryRun=true`, { type: 'extend', data })).json(),
    );
    api.clock.set(today);
    expect(acts.taken).toBe(7);
    expect(mails.planningYears).toBe(7);
    expect(mails.dropped.byRole.principal).toBeGreaterThan(0);
    // The first ten in full: a deadline is spoken of on many days.
    expect(mails.dropped.total).toBeGreaterThanOrEqual(mails.dropped.byRole.principal);
    expect(mails.dropped.first).toHaveLength(Math.min(mails.dropped.total, 10));
    expect(mails.dropped.first[0]).toMatchObject({
      recipient: { name: expect.stringMatching(/^principal/) },
      on: expect.stringMatching(/^202[67]-/),
    });
    const put = await api.ctx.db
      .selectFrom('tasks')
      .select('id')
      .where('taskKey', '=', taskKey)
      .execute();
    const ids = put.map(({ id }) => id);
    for (const { tasks } of mails.dropped.first)
      expect(tasks.filter((id: string) => ids.includes(id))).not.toEqual([]);
  });

  test('for some covers those alone', async () => {
    const { planningYears } = (
      await api.admin.post(`${YEAR}/events?dryRun=true`, {
        ...{ type: 'stakeholderGroup.named', district: OTHER },
      })
    ).json();
    expect(planningYears).toBe(3);
  });

  test('is repeated under its Idempotency-Key', async () => {
    const key = { 'idempotency-key': 'one' };
    const body = { type: 'stakeholderGroup.named' };
    const url = `${YEAR}/events?dryRun=true`;
    const first = await api.admin.post(url, body, key);
    const again = await api.admin.post(url, body, key);
    expect([again.body, again.headers['idempotency-replayed']]).toEqual([first.body, 'true']);
    expectProblem(await api.admin.post(url, { type: 'surveys.progressSent' }, key), 422);
    const bad = await api.admin.post(url, body, { 'idempotency-key': 'a b' });
    expect(expectProblem(bad, 400).errors).toEqual([
      { pointer: 'Idempotency-Key', detail: expect.any(String) },
    ]);
  });
});

describe('a task of wider scope', () => {
  test('tells of the others that it would be carried to; done, how to take them back', async () => {
    const district = api.as(
      await api.keyFor({ role: 'district', scope: { districts: [DISTRICT] } }),
    );
    const [watch] = await tasksOf(district, 'district', /Learning Series 1/);
    const url = `/v1/tasks/${watch!.id}`;
    const told = await untouched(async () =>
      (await district.post(`${url}/complete?dryRun=true`, {}, ANY)).json(),
    );
    expect(told).toMatchObject({
      dryRun: true,
      tasks: [{ task: watch!.id, from: 'open', to: 'done' }],
      others: {
        planningYears: 3,
        acts: { taken: 3, alreadySo: 0, refused: 0 },
        tasks: [{ role: 'district', from: 'open', to: 'done', planningYears: 3 }],
      },
    });

    const { job } = (await district.post(`${url}/complete`, {}, ANY)).json();
    await runJob(api.ctx, job);
    const opened = (await district.post(`${url}/reopen`, {}, ANY)).json();
    expect(opened.stillDone).toEqual({
      planningYears: 3,
      takeBack: expect.stringContaining(`GET /v1/tasks?district=${DISTRICT}&role=district`),
    });
    const again = (await district.post(`${url}/complete`, {}, ANY)).json();
    await runJob(api.ctx, again.job);
    const foreseen = await untouched(async () =>
      (await district.post(`${url}/reopen?dryRun=true`, { everywhere: true }, ANY)).json(),
    );
    expect(foreseen.others).toMatchObject({ acts: { taken: 3, alreadySo: 0, refused: 0 } });
    const all = (await district.post(`${url}/reopen`, { everywhere: true }, ANY)).json();
    expect(all).not.toHaveProperty('stillDone');
    await runJob(api.ctx, all.job);
    const afterAll = await tasksOf(district, 'district', /Learning Series 1/);
    expect(new Set(afterAll.map(({ status }) => status))).toEqual(new Set(['open']));
    const last = (await district.post(`${url}/complete`, {}, ANY)).json();
    await runJob(api.ctx, last.job);
    const byState = (await api.admin.post(`${url}/reopen`, {}, ANY)).json();
    const [, path, body] = /^POST (\S+) with (\{.*\}), first/.exec(byState.stillDone.takeBack)!;
    expect(path).toBe(`${YEAR}/events`);

    // What it says is what does it.
    const dry = (await api.admin.post(`${path}?dryRun=true`, JSON.parse(body!))).json();
    expect(dry.acts).toEqual({ taken: 3, alreadySo: 1, refused: 0 });
    const started = await api.admin.post(path!, JSON.parse(body!));
    await runJob(api.ctx, started.json().id);
    const end = (await api.admin.get(`/v1/jobs/${started.json().id}`)).json();
    expect(end).toMatchObject({ kind: 'task', done: 4, total: 4, failures: [] });
    const statuses = (await tasksOf(district, 'district', /Learning Series 1/)).map(
      ({ status }) => status,
    );
    expect(statuses).toEqual(['open', 'open', 'open', 'open']);
    const log = (
      await api.admin.get(`/v1/planning-years/${api.years.get(codes[1]!)}/events`)
    ).json();
    expect(log.data.at(-1)).toMatchObject({ type: 'task.reopened', data: { reason: '…' } });
  });
});

describe('many tasks in one call', () => {
  test('tell what they would change, and what one of them is refused for', async () => {
    const url = '/v1/tasks/complete?dryRun=true';
    const watches = await tasksOf(api.admin, 'district', /Learning Series 1/);
    const tasks = watches.slice(0, 2).map(({ id }) => id);
    const told = await untouched(async () => (await api.admin.post(url, { tasks })).json());
    expect(told).toMatchObject({ dryRun: true, planningYears: 4 });
    expect(told.acts).toEqual({ taken: 4, alreadySo: 4, refused: 0 });
    expect(told.tasks).toMatchObject([{ role: 'district', to: 'done', planningYears: 4 }]);
    const blocked = await api.ctx.db
      .selectFrom('tasks')
      .select('id')
      .where('status', '=', 'blocked')
      .limit(1)
      .executeTakeFirstOrThrow();
    const refused = await api.admin.post(url, { tasks: [...tasks, blocked.id] });
    expect(expectProblem(refused, 409)).toMatchObject({ code: 'task-blocked', task: blocked.id });
    expectProblem(
      await api.admin.post(url, { tasks: ['01900000-0000-7000-8000-000000000001'] }),
      404,
    );
  });
});
