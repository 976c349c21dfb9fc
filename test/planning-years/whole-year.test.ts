import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { advanceDue } from '../../src/planning-years/clock-scan.ts';
import { currentModel } from '../../src/planning-years/models.ts';
import { rebuild } from '../../src/planning-years/rebuild.ts';
import { type Client, type TestApp, testApp } from '../support/app.ts';

const DISTRICT = '98-901-0010-26';
const OTHER = '98-902-0020-04';
const ANY = { 'if-match': '*' };
const PARAMETERS = '/v1/programs/isbe-comprehensive/years/2026-27/parameters';
const school = (n: number, district = DISTRICT) => `${district}-${String(n).padStart(4, '0')}`;

let api: TestApp;
let admin: Client;

beforeAll(async () => {
  api = await testApp({ now: '2026-10-15T15:00:00Z' });
  admin = api.admin;
  const header = 'rcdts,school_name,district_name,city,county,school_type,grades_served,enrollment';
  const rows = [...Array(20).keys()]
    .map((n) => school(n))
    .concat([school(0, OTHER)])
    .map((code) => `${code},S,D,T,C,H,9,1`);
  await admin.csv('/v1/imports/schools', [header, ...rows].join('\n'));
});
afterAll(() => api.close());

let next = 0;
async function opened(more: object = {}, code = school(next++)): Promise<string> {
  const reply = await admin.post('/v1/planning-years', {
    program: 'isbe-comprehensive',
    year: '2026-27',
    school: code,
    designation: 'Comprehensive',
    releasedOn: '2026-10-15',
    newlyDesignated: false,
    resourceAllocationReview: false,
    ...more,
  });
  expect(reply.statusCode).toBe(201);
  return reply.json().id;
}

const tasksOf = async (id: string) =>
  (await admin.get(`/v1/tasks?planningYear=${id}&limit=1000`)).json().data;
const grantTask = async (id: string) =>
  (await tasksOf(id)).find(
    ({ sources }: { sources: string[] }) => sources[0] === 'dec-4/district/1',
  );

describe('what is set anew each year', () => {
  test('gives every active year its dates at once, a district its own', async () => {
    const [mine, theirs] = [await opened(), await opened({}, school(0, OTHER))];
    const before = await admin.get(PARAMETERS);
    expect(before.json()).toMatchObject({ version: 0, values: { program: {}, districts: {} } });
    expect(await grantTask(mine)).toMatchObject({ dueOn: null, overdue: false });
    expect((await grantTask(mine)).notes.at(-1)).toMatchObject({ kind: 'unset' });
    const read = await admin.get(`/v1/planning-years/${mine}`);

    const put = async (body: object, etag: string) =>
      api.app.inject({
        method: 'PUT',
        url: PARAMETERS,
        payload: body,
        headers: { authorization: `Bearer ${api.adminKey}`, 'if-match': etag },
      });
    const reply = await put(
      {
        program: { planningGrantDue: '2026-12-18', boardMeetingSip: '2027-07-20' },
        districts: { [OTHER]: { boardMeetingSip: '2027-07-13' } },
      },
      String(before.headers.etag),
    );
    expect(reply.statusCode).toBe(200);
    expect(reply.json().version).toBe(1);
    expect(await grantTask(mine)).toMatchObject({ dueOn: '2026-12-18' });
    const calendar = (await admin.get('/v1/programs/isbe-comprehensive/calendar?year=2026-27'))
      .body;
    expect(calendar).toContain('2026-12-18');
    const board = async (id: string) =>
      (await tasksOf(id))
        .filter(
          ({ activity, sources }: { activity: string; sources: string[] }) =>
            activity === 'jul-1' && sources.length === 0,
        )
        .map(({ dueOn }: { dueOn: string }) => dueOn);
    expect(await board(mine)).toEqual(['2027-07-20', '2027-07-20']);
    expect(await board(theirs)).toEqual(['2027-07-13', '2027-07-13']);
    const after = await admin.get(`/v1/planning-years/${mine}`, {
      'if-none-match': String(read.headers.etag),
    });
    expect(after.statusCode).toBe(200);
    // A year opened later has them from the start, and the log can still be rebuilt.
    expect(await grantTask(await opened())).toMatchObject({ dueOn: '2026-12-18' });
    expect((await rebuild(api.ctx)).differences).toEqual([]);

    expect((await put({}, '"v0"')).statusCode).toBe(412);
    api.clock.advance({ days: 1 });
    expect((await put({}, '"v1"')).statusCode).toBe(200);
    expect(await grantTask(mine)).toMatchObject({ dueOn: null });
    const { rows } = await import('kysely').then(({ sql }) =>
      sql`update year_parameter_changes set settings = '{}'`.execute(api.ctx.db).then(
        () => ({ rows: ['changed'] }),
        (error: Error) => ({ rows: [error.message] }),
      ),
    );
    expect(rows[0]).toMatch(/append-only/);
  });

  test('moves a school’s own extension not at all, and what it puts before our time and back', async () => {
    api.clock.set('2026-12-01T15:00:00Z');
    const id = await opened();
    const task = await grantTask(id);
    const set = (date: string | null) =>
      api.app.inject({
        method: 'PUT',
        url: PARAMETERS,
        payload: { program: date ? { planningGrantDue: date } : {} },
        headers: { authorization: `Bearer ${api.adminKey}`, 'if-match': '*' },
      });
    await set('2026-11-20');
    expect(await grantTask(id)).toMatchObject({ dueOn: '2026-11-20', status: 'preStart' });
    await set('2026-12-20');
    expect(await grantTask(id)).toMatchObject({ dueOn: '2026-12-20', status: 'open' });
    await admin.post(`/v1/tasks/${task.id}/extend`, { dueOn: '2027-01-10', reason: 'Flu.' }, ANY);
    await set('2026-12-22');
    expect(await grantTask(id)).toMatchObject({ dueOn: '2027-01-10' });
    expect((await rebuild(api.ctx)).differences).toEqual([]);
    api.clock.set('2026-10-20T15:00:00Z');
  });

  test.each([
    [{ program: { lunch: '2026-12-18' } }, '/program/lunch'],
    [{ program: { planningGrantDue: '2028-12-18' } }, '/program/planningGrantDue'],
    [{ program: { iqfsrUrl: 'javascript:alert(1)' } }, '/program/iqfsrUrl'],
    [{ districts: { '00-000-0000-00': {} } }, '/districts/00-000-0000-00'],
    [
      { districts: { [DISTRICT]: { planningGrantDue: '2026-12-18' } } },
      `/districts/${DISTRICT}/planningGrantDue`,
    ],
  ])('refuses %j', async (payload, pointer) => {
    const reply = await api.app.inject({
      method: 'PUT',
      url: PARAMETERS,
      payload,
      headers: { authorization: `Bearer ${api.adminKey}`, 'if-match': '*' },
    });
    expect(reply.statusCode).toBe(400);
    expect(reply.json().errors).toEqual([expect.objectContaining({ pointer })]);
  });
});

describe('a year taken over while it is under way', () => {
  const regions = {
    designation: 'coordinatorMet',
    leadershipTeam: 'named',
    iqfsr: 'consensus',
    needsAssessment: 'meetingsSet',
  };

  test('stands where it is said to stand, and nothing of before counts as late', async () => {
    api.clock.set('2027-01-20T15:00:00Z');
    const id = await opened({ regions });
    const year = (await admin.get(`/v1/planning-years/${id}`)).json();
    expect(year.regions.iqfsr.state).toBe('consensus');
    const tasks = await tasksOf(id);
    const status = (source: string) =>
      tasks.find(({ sources }: { sources: string[] }) => sources.includes(source)).status;
    expect(status('oct-1/principal/1')).toBe('preStart');
    expect(status('jan-1/slt/1')).toBe('preStart');
    expect(status('jan-1/principal/2')).toBe('open');
    expect(tasks.filter(({ overdue }: { overdue: boolean }) => overdue)).toEqual([]);
    const { data } = (
      await admin.get(`/v1/reminders/preview?from=2027-01-20&to=2027-02-20`)
    ).json();
    for (const { items } of data) for (const { section } of items) expect(section).not.toBe('late');
    expect((await rebuild(api.ctx)).differences).toEqual([]);
  });

  test('by a file, with a column for each region that has begun', async () => {
    const file = [
      'rcdts,designation,released_on,newly_designated,resource_allocation_review,region.iqfsr,region.sip',
      `${school(15)},Comprehensive,2026-10-15,no,,enteredInIwas,`,
    ];
    const reply = await admin.csv('/v1/imports/designations', file.join('\n'));
    const [{ planningYear }] = reply.json().planningYears;
    const { regions } = (await admin.get(`/v1/planning-years/${planningYear}`)).json();
    expect([regions.iqfsr.state, regions.sip.state]).toEqual(['enteredInIwas', 'drafting']);
    const bad = [file[0], `${school(16)},Comprehensive,2026-10-15,no,,somewhere,`].join('\n');
    const refused = await admin.csv('/v1/imports/designations', bad);
    expect(refused.json().rejected).toEqual([
      expect.objectContaining({ row: 2, code: 'unknown-state' }),
    ]);
  });

  test('is refused where what is known of the school says otherwise, and warned of what is odd', async () => {
    const body = (n: number, regions: object) => ({
      ...{ program: 'isbe-comprehensive', year: '2026-27', school: school(n) },
      ...{ designation: 'Comprehensive', releasedOn: '2026-10-15', regions },
    });
    const refused = await admin.post(
      '/v1/planning-years',
      body(17, { iqfsr: 'exempt', designation: 'awaiting', sip: 'approved' }),
    );
    expect(refused.statusCode).toBe(400);
    expect(refused.json().errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/regions/designation',
      '/regions/iqfsr',
    ]);
    const odd = await admin.post('/v1/planning-years', body(17, { sip: 'approved' }));
    const detail = expect.stringMatching(/improvement plan.+priorities.+not been named/);
    const told = [{ code: 'out-of-order', detail, pointer: '/regions/sip' }];
    expect([odd.statusCode, odd.json().warnings]).toEqual([201, told]);
    const log = (await admin.get(`/v1/planning-years/${odd.json().id}/events`)).json();
    expect(log.data[0]).toMatchObject({ type: 'year.opened', warnings: told });
  });

  test('by a file, rows that cannot be are rejected and odd ones are told of', async () => {
    const file = [
      'rcdts,designation,released_on,newly_designated,resource_allocation_review,region.iqfsr,region.sip',
      `${school(18)},Comprehensive,2026-10-15,no,,exempt,`,
      `${school(19)},Comprehensive,2026-10-15,no,,,approved`,
    ].join('\n');
    const refused = (await admin.csv('/v1/imports/designations', file)).json();
    expect(refused.rejected).toEqual([
      { row: 2, code: 'contradiction', detail: expect.stringMatching(/^region\.iqfsr cannot/) },
    ]);
    const taken = (await admin.csv('/v1/imports/designations?partial=true', file)).json();
    expect(taken).toMatchObject({
      opened: 1,
      warnings: [{ row: 3, code: 'out-of-order', detail: expect.stringContaining('priorities') }],
    });
  });

  test('is refused where a region cannot stand', async () => {
    const reply = await admin.post('/v1/planning-years', {
      program: 'isbe-comprehensive',
      year: '2026-27',
      school: school(17),
      designation: 'Comprehensive',
      releasedOn: '2026-10-15',
      regions: { iqfsr: 'somewhere' },
    });
    expect(reply.json().errors).toEqual([expect.objectContaining({ pointer: '/regions/iqfsr' })]);
  });
});

describe('the end of the year', () => {
  test('lets lapse what is open but for deadlines, which have days of grace, and takes reports all the time', async () => {
    api.clock.set('2026-10-20T15:00:00Z');
    const id = await opened();
    api.clock.set('2027-08-01T12:00:00Z');
    await advanceDue(api.ctx);
    const year = (await admin.get(`/v1/planning-years/${id}`)).json();
    expect(year.status).toBe('active');
    expect(year.progress.lapsed).toBeGreaterThan(100);
    const left = (await tasksOf(id)).filter(
      ({ status }: { status: string }) => status === 'open' || status === 'blocked',
    );
    const deadlines = currentModel(api.ctx.programs, 'isbe-comprehensive', '2026-27').tasks.filter(
      ({ kind }) => kind === 'deadline',
    );
    expect(left.map(({ kind }: { kind: string }) => kind)).toEqual(
      deadlines.map(({ kind }) => kind),
    );
    const dated = left.filter(({ dueOn }: { dueOn: string | null }) => dueOn !== null);
    expect(year.progress).toMatchObject({
      ...{ open: deadlines.length, blocked: 0, overdue: dated.length },
    });
    const last = async () =>
      (await admin.get(`/v1/planning-years/${id}/events?limit=1000`)).json().data.at(-1);
    expect(await last()).toMatchObject({ type: 'clock.advanced', effectiveOn: '2027-08-01' });
    api.clock.set('2027-09-30T12:00:00Z');
    await advanceDue(api.ctx);
    expect(await last()).toMatchObject({ type: 'clock.advanced', effectiveOn: '2027-09-30' });
    const closed = (await admin.get(`/v1/planning-years/${id}`)).json();
    expect(closed).toMatchObject({
      ...{ status: 'active', progress: { open: 0, blocked: 0, overdue: 0 } },
    });
    const reply = await admin.post(
      `/v1/planning-years/${id}/events`,
      { type: 'designation.letterReceived', note: 'Found in the files.' },
      ANY,
    );
    expect(reply.statusCode).toBe(201);
    expect((await rebuild(api.ctx)).differences).toEqual([]);
  });
});
