import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bootstrap } from '../../src/http/authenticate.ts';
import { runJob, takeUpStranded } from '../../src/jobs/run.ts';
import { startWideAct } from '../../src/jobs/wide-act.ts';
import { type Client, type TestApp, testApp } from '../support/app.ts';

const DISTRICT = '98-901-0010-26';
const OTHER = '98-902-0020-04';
const ANY = { 'if-match': '*' };
const YEAR = '/v1/programs/isbe-comprehensive/years/2026-27';
const codes = [
  ...Array.from({ length: 12 }, (_, n) => `${DISTRICT}-${String(n).padStart(4, '0')}`),
  ...Array.from({ length: 3 }, (_, n) => `${OTHER}-${String(n).padStart(4, '0')}`),
];

let api: TestApp;
let admin: Client;
const years = new Map<string, string>();

beforeAll(async () => {
  api = await testApp({ now: '2026-10-15T15:00:00Z' });
  admin = api.admin;
  const rows = codes.map((code) => `${code},S ${code},D,T,C,High School,9 - 12,100`);
  const header = 'rcdts,school_name,district_name,city,county,school_type,grades_served,enrollment';
  await admin.csv('/v1/imports/schools', [header, ...rows].join('\n'));
  const designations = codes.map((code) => `${code},Comprehensive,2026-10-15,no,`);
  const reply = await admin.csv(
    '/v1/imports/designations',
    [
      'rcdts,designation,released_on,newly_designated,resource_allocation_review',
      ...designations,
    ].join('\n'),
  );
  for (const { school, planningYear } of reply.json().planningYears)
    years.set(school, planningYear);
});
afterAll(() => api.close());

async function finish(reply: { statusCode: number; json(): { id: string }; headers: object }) {
  expect(reply.statusCode).toBe(202);
  const { id } = reply.json();
  await runJob(api.ctx, id);
  return (await admin.get(`/v1/jobs/${id}`)).json();
}

const stateOf = async (school: string, region: string) =>
  (await admin.get(`/v1/planning-years/${years.get(school)}`)).json().regions[region].state;

const logOf = async (school: string) =>
  (await admin.get(`/v1/planning-years/${years.get(school)}/events`)).json().data;

describe('an act of the state', () => {
  test('reaches every school once, in the background, and shows how far it has come', async () => {
    const reply = await admin.post(`${YEAR}/events`, {
      type: 'planningGrant.allocationsReleased',
      note: 'All at once.',
    });
    expect(reply.headers.location).toBe(`/v1/jobs/${reply.json().id}`);
    expect(reply.json()).toMatchObject({ status: 'queued', done: 0, total: 15, failures: [] });
    expect(api.jobs).toContainEqual({ name: 'run-job', payload: { jobId: reply.json().id } });
    const url = String(reply.headers.location);
    const { etag } = (await admin.get(url)).headers;
    const watch = async () => (await admin.get(url, { 'if-none-match': String(etag) })).statusCode;
    expect(await watch()).toBe(304);
    const job = await finish(reply);
    expect(await watch()).toBe(200);
    expect(job).toMatchObject({ status: 'done', done: 15, total: 15, failures: [] });
    for (const code of codes) {
      expect(await stateOf(code, 'planningGrant')).toBe('released');
      const entries = (await logOf(code)).filter(({ type }: { type: string }) =>
        type.startsWith('planningGrant'),
      );
      expect(entries).toHaveLength(1);
      expect(entries[0]).toMatchObject({ note: 'All at once.' });
    }
  });

  test('goes on where it stood after its process died, and does none twice', async () => {
    const reply = await admin.post(`${YEAR}/events`, { type: 'stakeholderGroup.named' });
    const { id } = reply.json();
    let passages = 0;
    const dying = {
      ...api.ctx,
      clock: {
        now: () => {
          passages += 1;
          if (passages > 5) throw new Error('killed');
          return api.clock.now();
        },
      },
    };
    await expect(runJob(dying, id, 4)).rejects.toThrow('killed');
    const halfway = (await admin.get(`/v1/jobs/${id}`)).json();
    expect(halfway.status).toBe('running');
    expect(halfway.done).toBeGreaterThan(0);
    expect(halfway.done).toBeLessThan(15);
    expect(await takeUpStranded(api.ctx)).toBe(0);
    api.clock.advance({ minutes: 2 });
    api.jobs.length = 0;
    expect(await takeUpStranded(api.ctx)).toBe(1);
    expect(api.jobs).toEqual([{ name: 'run-job', payload: { jobId: id } }]);
    await Promise.all([runJob(api.ctx, id, 4), runJob(api.ctx, id, 4)]);
    expect((await admin.get(`/v1/jobs/${id}`)).json()).toMatchObject({ status: 'done', done: 15 });
    for (const code of codes) {
      const entries = (await logOf(code)).filter(
        ({ type }: { type: string }) => type === 'stakeholderGroup.named',
      );
      expect(entries).toHaveLength(1);
    }
  });

  test('takes up each school once, chunk after chunk', async () => {
    const reply = await admin.post(`${YEAR}/events`, { type: 'leadershipTeam.named' });
    expect([reply.statusCode, reply.body]).toEqual([202, expect.any(String)]);
    const { id } = reply.json();
    let looks = 0;
    const clock = {
      now: () => {
        looks += 1;
        // It looks at the clock once for each chunk and once for each school.
        if (looks > codes.length + 5) throw new Error('What is done is taken up again.');
        return api.clock.now();
      },
    };
    await runJob({ ...api.ctx, clock }, id, 4);
    expect((await admin.get(`/v1/jobs/${id}`)).json()).toMatchObject({ status: 'done', done: 15 });
    expect((await admin.get(`/v1/jobs/${id}`)).json().failures).toEqual([]);
  });

  test('is carried out whatever other acts wait, and leaves these alone', async () => {
    const order = (schools: string[]) =>
      admin.post(`${YEAR}/events`, { type: 'planningGrant.preparationBegun', schools });
    const waiting = (await order(codes.slice(0, 12))).json();
    const { id } = (await order(codes.slice(12))).json();
    await runJob(api.ctx, id, 4);
    const job = (await admin.get(`/v1/jobs/${id}`)).json();
    expect(job).toMatchObject({ status: 'done', done: 3, total: 3, failures: [] });
    const untouched = (await admin.get(`/v1/jobs/${waiting.id}`)).json();
    expect(untouched).toMatchObject({ status: 'queued', done: 0 });
    await runJob(api.ctx, waiting.id);
    // What the same act is refused for later is no failure of the first.
    expect((await finish(await order(codes.slice(12)))).failures).toHaveLength(3);
    expect((await admin.get(`/v1/jobs/${job.id}`)).json().failures).toEqual([]);
  });

  test('that a clock ahead of its time has touched is taken up all the same', async () => {
    const reply = await admin.post(`${YEAR}/events`, {
      ...{ type: 'stakeholderGroup.named', schools: [codes[11]] },
    });
    const { id } = reply.json();
    const ahead = new Date(api.clock.now().getTime() + 86_400_000);
    await api.ctx.db.updateTable('jobs').set({ touchedAt: ahead }).where('id', '=', id).execute();
    expect(await takeUpStranded(api.ctx)).toBe(1);
    await runJob(api.ctx, id);
  });

  test('counts as done where what it is to bring about is so already', async () => {
    const data = { region: 'needsAssessment', state: 'meetingsSet', reason: 'As they report.' };
    const first = years.get(codes[2]!);
    const alone = await admin.post(
      `/v1/planning-years/${first}/events`,
      { type: 'force', data },
      ANY,
    );
    expect([alone.statusCode, alone.body]).toEqual([201, expect.any(String)]);
    const schools = [codes[2]!, codes[3]!];
    const job = await finish(await admin.post(`${YEAR}/events`, { type: 'force', data, schools }));
    expect(job).toMatchObject({ done: 2, failures: [] });
  });

  test('names the schools that could not follow, and moves the others', async () => {
    const first = years.get(codes[0]!);
    await admin.post(`/v1/planning-years/${first}/events`, { type: 'surveys.progressSent' }, ANY);
    const job = await finish(await admin.post(`${YEAR}/events`, { type: 'surveys.progressSent' }));
    expect(job.failures).toEqual([
      {
        planningYear: first,
        school: codes[0],
        code: 'event-not-possible',
        detail: expect.stringContaining('not possible'),
      },
    ]);
    expect(await stateOf(codes[1]!, 'surveys')).toBe('progressSent');
  });

  test('one extension covers a snow closure in one district', async () => {
    const job = await finish(
      await admin.post(`${YEAR}/events`, {
        type: 'extend',
        data: { task: 'jan-1/principal/2', dueOn: '2027-02-07', reason: 'Snow closure.' },
        district: DISTRICT,
      }),
    );
    expect(job).toMatchObject({ kind: 'correction', total: 12, done: 12 });
    const due = async (school: string) =>
      (await admin.get(`/v1/tasks?school=${school}&role=principal&kind=deadline&limit=1000`))
        .json()
        .data.map((task: { dueOn: string }) => task.dueOn);
    expect(await due(codes[3]!)).toContain('2027-02-07');
    expect(await due(codes[14]!)).toContain('2027-01-31');
  });

  test('with something that is none is refused before anything begins', async () => {
    for (const body of [
      { type: 'sip.eaten' },
      { type: 'complete', data: { task: 'no/such/task' } },
      { type: 'extend', data: { task: 'jan-1/principal/2', dueOn: '2027-02-07' } },
      { type: 'qer2.quarterClosed' },
    ])
      expect((await admin.post(`${YEAR}/events`, body)).statusCode).toBe(400);
    const principal = api.as(
      await api.keyFor({ role: 'principal', scope: { schools: [codes[0]!] } }),
    );
    expect(
      (await principal.post(`${YEAR}/events`, { type: 'surveys.progressSent' })).statusCode,
    ).toBe(403);
  });

  test('by a coordinator stays within what the key reaches, and the job is not for others', async () => {
    const coach = api.as(await api.keyFor({ scope: { schools: codes.slice(0, 4) } }));
    const reply = await coach.post(`${YEAR}/events`, { type: 'designation.letterReceived' });
    expect(reply.json().total).toBe(4);
    const other = api.as(await api.keyFor({ scope: { schools: codes.slice(4, 8) } }));
    expect((await other.get(`/v1/jobs/${reply.json().id}`)).statusCode).toBe(404);
    await runJob(api.ctx, reply.json().id);
    expect(await stateOf(codes[4]!, 'designation')).toBe('released');
  });
});

describe('a task of wider scope', () => {
  test('is finished once, for every school of the district', async () => {
    const district = api.as(
      await api.keyFor({ role: 'district', scope: { districts: [DISTRICT] } }),
    );
    const mine = years.get(codes[5]!);
    const { data } = (
      await district.get(`/v1/tasks?planningYear=${mine}&role=district&limit=1000`)
    ).json();
    const watch = data.find(({ title }: { title: string }) => /Learning Series 1/.test(title));
    expect(watch.scope).toBe('district');
    const reply = await district.post(`/v1/tasks/${watch.id}/complete`, {}, ANY);
    expect(reply.statusCode).toBe(200);
    await runJob(api.ctx, reply.json().job);
    const done = (await admin.get('/v1/tasks?role=district&status=done&limit=1000'))
      .json()
      .data.filter(({ title }: { title: string }) => /Learning Series 1/.test(title));
    expect(done).toHaveLength(12);
    expect(
      new Set(done.map(({ settled }: { settled: { by: { role: string } } }) => settled.by.role)),
    ).toEqual(new Set(['district']));
  });
});

test('an act that covers no school is done as soon as it is asked for', async () => {
  api.jobs.length = 0;
  const { id, total } = await api.ctx.db.transaction().execute((trx) =>
    startWideAct(
      api.ctx,
      trx,
      {
        ...{ kind: 'event', program: 'isbe-comprehensive', year: '2026-27', schools: [] },
        command: { kind: 'event', type: 'stakeholderGroup.named' },
      },
      bootstrap,
    ),
  );
  expect([total, api.jobs]).toEqual([0, []]);
  const job = (await admin.get(`/v1/jobs/${id}`)).json();
  expect(job).toMatchObject({ status: 'done', done: 0, total: 0 });
  expect(job.finishedAt).not.toBeNull();
});

test('a withdrawal of many is taken back as one', async () => {
  const schools = [codes[13]!, codes[14]!];
  const data = { reason: 'All designations of the district were appealed.' };
  const withdrawn = await finish(
    await admin.post(`${YEAR}/events`, { type: 'withdraw', data, schools }),
  );
  expect(withdrawn).toMatchObject({ done: 2, failures: [] });
  const back = await finish(
    await admin.post(`${YEAR}/events`, { type: 'reinstate', data, schools }),
  );
  expect(back).toMatchObject({ kind: 'correction', total: 2, done: 2, failures: [] });
  for (const code of schools)
    expect((await logOf(code)).at(-1).status).toEqual(['withdrawn', 'active']);
});

describe('many tasks in one call', () => {
  test('are done too when an earlier one of them has settled them, as one meeting does', async () => {
    const { data } = (await admin.get(`/v1/tasks?school=${codes[8]}&limit=1000`)).json();
    const items = data.filter(({ activity, status }: { activity: string; status: string }) => {
      return activity === 'feb-1' && status === 'open';
    });
    const ids = items.map(({ id }: { id: string }) => id);
    expect(ids.length).toBeGreaterThan(3);
    const tried = await admin.post('/v1/tasks/complete?dryRun=true', { tasks: ids });
    expect(tried.json()).toMatchObject({ planningYears: 1, acts: { taken: 3, refused: 0 } });
    const reply = await admin.post('/v1/tasks/complete', { tasks: ids, note: 'One meeting.' });
    expect(reply.statusCode).toBe(200);
    const done = reply.json().data;
    expect(done.map(({ id }: { id: string }) => id).toSorted()).toEqual(ids.toSorted());
    for (const task of done) {
      expect(task).toMatchObject({ status: 'done', settled: { note: 'One meeting.' } });
      expect(task.event.settledTasks).toContain(task.id);
    }
    const entries = (await logOf(codes[8]!)).filter(({ note }: { note: string }) => {
      return note === 'One meeting.';
    });
    // The meeting's two items; the coordinator's guidance, which moves the team, and the team's own.
    expect(
      entries.map((entry: { settledTasks: string[] }) => entry.settledTasks.length).toSorted(),
    ).toEqual([1, 1, 2]);
    const again = await admin.post('/v1/tasks/complete', { tasks: ids });
    expect([again.statusCode, again.json().code]).toEqual([409, 'task-already-done']);
  });

  test('are all done, or none', async () => {
    const school = codes[9]!;
    const principal = api.as(await api.keyFor({ role: 'principal', scope: { schools: [school] } }));
    const { data } = (
      await principal.get(`/v1/tasks?school=${school}&role=principal&limit=1000`)
    ).json();
    const open = data.filter(({ status }: { status: string }) => status === 'open').slice(0, 4);
    const blocked = data.find(({ status }: { status: string }) => status === 'blocked');
    const ids = open.map(({ id }: { id: string }) => id);
    const refused = await principal.post('/v1/tasks/complete', { tasks: [...ids, blocked.id] });
    expect(refused.statusCode).toBe(409);
    expect(refused.json()).toMatchObject({ code: 'task-blocked', task: blocked.id });
    expect((await principal.get(`/v1/tasks/${ids[0]}`)).json().status).toBe('open');
    const reply = await principal.post('/v1/tasks/complete', { tasks: ids, note: 'One evening.' });
    expect(reply.statusCode).toBe(200);
    for (const task of reply.json().data) expect(task.status).toBe('done');
    const others = data.find(({ role }: { role: string }) => role === 'principal');
    const stranger = api.as(
      await api.keyFor({ role: 'principal', scope: { schools: [codes[10]!] } }),
    );
    const outside = await stranger.post('/v1/tasks/complete', { tasks: [others.id] });
    expect(outside.statusCode).toBe(404);
  });
});
