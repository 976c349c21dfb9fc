import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { expectProblem } from '../http/problem.ts';
import { type Client, type TestApp, testApp } from '../support/app.ts';
import { vendorKey } from '../support/vendor.ts';

const DISTRICT = '98-901-0010-26';
const OTHER = '98-902-0020-04';
const schools = Array.from({ length: 60 }, (_, n) => `${DISTRICT}-${String(n).padStart(4, '0')}`);

let api: TestApp;
let admin: Client;
let coach: Client;
let next = 0;

beforeAll(async () => {
  api = await testApp({ now: '2026-10-15T15:00:00Z' });
  admin = api.admin;
  coach = api.as(await api.keyFor({ scope: { districts: [DISTRICT] } }));
  const rows = [...schools, `${OTHER}-0001`].map(
    (code) => `${code},School ${code.slice(-4)},District,Town,County,High School,9 - 12,100`,
  );
  const header = 'rcdts,school_name,district_name,city,county,school_type,grades_served,enrollment';
  const reply = await admin.csv('/v1/imports/schools', [header, ...rows].join('\r\n'));
  expect(reply.json()).toMatchObject({ created: 61, rejected: [] });
});
afterAll(() => api.close());
beforeEach(() => api.clock.set('2026-10-15T15:00:00Z'));

const body = (school: string, more = {}) => ({
  program: 'isbe-comprehensive',
  year: '2026-27',
  school,
  designation: 'Comprehensive',
  releasedOn: '2026-10-15',
  newlyDesignated: false,
  resourceAllocationReview: null,
  ...more,
});

async function opened(more = {}): Promise<{ id: string; etag: string }> {
  const reply = await admin.post('/v1/planning-years', body(schools[next++]!, more));
  expect(reply.statusCode).toBe(201);
  return { id: reply.json().id, etag: String(reply.headers.etag) };
}

async function taskOf(id: string, role: string, title: RegExp) {
  const reply = await admin.get(`/v1/tasks?planningYear=${id}&role=${role}&limit=1000`);
  const found = reply.json().data.find((task: { title: string }) => title.test(task.title));
  const { headers } = await admin.get(`/v1/tasks/${found.id}`);
  return { ...found, etag: String(headers.etag) };
}

const ANY = { 'if-match': '*' };

describe('opening a year', () => {
  test('replies 201 with its address, its tag and everything in it', async () => {
    const school = schools[next++]!;
    const reply = await admin.post('/v1/planning-years', body(school));
    expect(reply.statusCode).toBe(201);
    const year = reply.json();
    expect(reply.headers.location).toBe(`/v1/planning-years/${year.id}`);
    expect(year).toMatchObject({
      program: 'isbe-comprehensive',
      year: '2026-27',
      school,
      status: 'active',
      organization: { kind: 'school', code: school, name: 'School 0000' },
    });
    expect(Object.keys(year.regions)).toHaveLength(17);
    expect(year.regions.designation).toMatchObject({ state: 'released', since: '2026-10-15' });
    expect(year.possibleEvents.map(({ type }: { type: string }) => type)).toContain(
      'designation.letterReceived',
    );
    const again = await admin.get(`/v1/planning-years/${year.id}`);
    expect(again.json()).toEqual(year);
    expect(again.headers.etag).toBe(reply.headers.etag);
  });

  test('twice is refused, and tells which year it is', async () => {
    const { id } = await opened();
    const school = schools[next - 1]!;
    const reply = await admin.post('/v1/planning-years', body(school));
    expect(reply.statusCode).toBe(409);
    expect(reply.json()).toMatchObject({ code: 'year-exists', planningYear: id });
  });

  test.each([
    ['an unknown school', { school: '98-901-0010-26-9999' }, '/school'],
    ['a code of the wrong length', { school: '98-901' }, '/school'],
    ['an unknown program', { program: 'other' }, '/program'],
    ['an unknown designation', { designation: 'Splendid' }, '/designation'],
    ['a release in the future', { releasedOn: '2026-10-16' }, '/releasedOn'],
    ['a release in another school year', { releasedOn: '2026-06-30' }, '/releasedOn'],
    ['a year that is none', { year: '2026-28' }, '/year'],
    ['a date that does not exist', { releasedOn: '2026-02-30' }, '/releasedOn'],
    ['an unknown field', { surprise: 1 }, '/surprise'],
    ['a NUL character', { designation: 'Compre\u0000hensive' }, '/designation'],
  ])('with %s is refused and says where', async (_, more, pointer) => {
    const reply = await admin.post('/v1/planning-years', body(schools[59]!, more));
    expect(reply.statusCode).toBe(400);
    expect(reply.json().errors).toEqual([expect.objectContaining({ pointer })]);
    const { data } = (await admin.get(`/v1/planning-years?school=${schools[59]}`)).json();
    expect(data).toEqual([]);
  });

  test('for a designation that calls for none is refused', async () => {
    const reply = await admin.post(
      '/v1/planning-years',
      body(schools[59]!, { designation: 'Exemplary' }),
    );
    expect([reply.statusCode, reply.json().code]).toEqual([409, 'no-planning-year']);
  });

  test('is not for a coordinator', async () => {
    const reply = await coach.post('/v1/planning-years', body(schools[59]!));
    expect(reply.statusCode).toBe(403);
  });
});

describe('an event by hand', () => {
  test('moves the region, writes one entry and settles the tasks of all parties', async () => {
    const { id, etag } = await opened();
    const reply = await coach.post(
      `/v1/planning-years/${id}/events`,
      { type: 'designation.letterReceived', note: 'By phone.', effectiveOn: '2026-10-15' },
      { 'if-match': etag },
    );
    expect(reply.statusCode).toBe(201);
    expect(reply.json().regions.designation.state).toBe('letterReceived');
    expect(reply.headers.etag).not.toBe(etag);
    const { event } = reply.json();
    expect(event).toMatchObject({
      seq: 2,
      type: 'designation.letterReceived',
      note: 'By phone.',
      changes: { designation: ['released', 'letterReceived'] },
    });
    expect(event.settledTasks).toHaveLength(2);
    const { data } = (await coach.get(`/v1/planning-years/${id}/events`)).json();
    expect(data.map((entry: { type: string }) => entry.type)).toEqual([
      'year.opened',
      'designation.letterReceived',
    ]);
    expect(data[1]).toEqual(event);
  });

  test('that is not possible lists what is, and the guard that refused', async () => {
    const { id } = await opened();
    const send = (type: string) => coach.post(`/v1/planning-years/${id}/events`, { type }, ANY);
    await send('rootCause.meetingSet');
    await send('rootCause.conducted');
    const reply = await send('rootCause.prioritiesNamed');
    expect(reply.statusCode).toBe(409);
    expect(reply.json()).toMatchObject({
      code: 'event-not-possible',
      refusedBy: { guard: 'reportIssued', waitsFor: ['needsAssessment.reportIssued'] },
    });
    expect(reply.json().possibleEvents).toContain('needsAssessment.contractSigned');
    const unknown = await coach.post(`/v1/planning-years/${id}/events`, { type: 'sip.eaten' }, ANY);
    expect([unknown.statusCode, unknown.json().code]).toEqual([409, 'event-not-possible']);
  });

  test('asks for If-Match, and refuses a version that has passed', async () => {
    const { id, etag } = await opened();
    const path = `/v1/planning-years/${id}/events`;
    const without = await coach.post(path, { type: 'designation.letterReceived' });
    expect([without.statusCode, without.json().code]).toEqual([428, 'precondition-required']);
    await coach.post(path, { type: 'designation.letterReceived' }, { 'if-match': etag });
    const late = await coach.post(path, { type: 'stakeholderGroup.named' }, { 'if-match': etag });
    expect([late.statusCode, late.json().code]).toEqual([412, 'stale-version']);
  });

  test('is not disturbed by a principal who ticked a task meanwhile, or by midnight', async () => {
    const { id, etag } = await opened();
    const task = await taskOf(id, 'principal', /Learning Series 1/);
    const principal = api.as(
      await api.keyFor({ role: 'principal', scope: { schools: [schools[next - 1]!] } }),
    );
    const tick = await principal.post(
      `/v1/tasks/${task.id}/complete`,
      {},
      { 'if-match': task.etag },
    );
    expect(tick.statusCode).toBe(200);
    api.clock.advance({ days: 1 });
    const now = await coach.get(`/v1/planning-years/${id}`);
    expect(now.headers.etag).not.toBe(etag);
    const reply = await coach.post(
      `/v1/planning-years/${id}/events`,
      { type: 'designation.letterReceived' },
      { 'if-match': etag },
    );
    expect(reply.statusCode).toBe(201);
  });

  test('in the future is refused; what it needs of data is told with an example', async () => {
    const { id } = await opened();
    const path = `/v1/planning-years/${id}/events`;
    const future = await coach.post(
      path,
      { type: 'designation.letterReceived', effectiveOn: '2026-10-16' },
      ANY,
    );
    expect(future.json().errors).toEqual([expect.objectContaining({ pointer: '/effectiveOn' })]);
    const year = (await coach.get(`/v1/planning-years/${id}`)).json();
    const needing = year.possibleEvents.find(
      ({ type }: { type: string }) => type === 'leadershipTeam.named',
    );
    expect(needing).toMatchObject({ dataSchema: { type: 'object' }, dataRequired: false });
    const bad = await coach.post(path, { type: needing.type, data: { fromSchool: -1 } }, ANY);
    expect(bad.statusCode).toBe(400);
    expect(bad.json().errors[0].pointer).toMatch(/^\/data\//);
    const good = await coach.post(
      path,
      { type: needing.type, data: { ...needing.example, fromDistrict: 0 } },
      ANY,
    );
    expect(good.statusCode).toBe(201);
    expect(good.json().event.warnings).toHaveLength(1);
    const other = await opened();
    const bare = await coach.post(
      `/v1/planning-years/${other.id}/events`,
      { type: needing.type },
      ANY,
    );
    const told = [{ code: 'team-unknown', detail: expect.stringContaining('not said here') }];
    expect([bare.json().event.warnings, bare.json().warnings]).toEqual([told, told]);
    const task = await taskOf(id, 'principal', /^lead the SLT in writing/i);
    expect(task).toMatchObject({ raises: 'sip.completed', dataRequired: true });
  });

  test('is for roles of kind coach and state only, and only within their scope', async () => {
    const { id } = await opened();
    const path = `/v1/planning-years/${id}/events`;
    const event = { type: 'designation.letterReceived' };
    const principal = api.as(
      await api.keyFor({ role: 'principal', scope: { schools: [schools[next - 1]!] } }),
    );
    expect((await principal.post(path, event, ANY)).statusCode).toBe(403);
    const elsewhere = api.as(await api.keyFor({ scope: { districts: [OTHER] } }));
    const outside = await elsewhere.post(path, event, ANY);
    const nowhere = await coach.post(
      '/v1/planning-years/01900000-0000-7000-8000-000000000000/events',
      event,
      ANY,
    );
    expect(outside.statusCode).toBe(404);
    expect(outside.json().detail).toBe(nowhere.json().detail);
    expect((await api.as(null).post(path, event, ANY)).statusCode).toBe(401);
  });
});

describe('a repeated request', () => {
  test('is answered with the same bytes and done once', async () => {
    const { id } = await opened();
    const path = `/v1/planning-years/${id}/events`;
    const event = { type: 'designation.letterReceived' };
    const headers = { ...ANY, 'idempotency-key': `repeat-${id}` };
    const replies = await Promise.all([
      coach.post(path, event, headers),
      coach.post(path, event, headers),
    ]);
    const later = await coach.post(path, event, { ...headers, 'if-match': '"v1"' });
    for (const reply of [...replies, later]) {
      expect(reply.statusCode).toBe(201);
      expect(reply.body).toBe(replies[0]!.body);
      expect(reply.headers.etag).toBe(replies[0]!.headers.etag);
    }
    expect((await coach.get(path)).json().data).toHaveLength(2);
    const other = await coach.post(path, { type: 'stakeholderGroup.named' }, headers);
    expect([other.statusCode, other.json().code]).toEqual([422, 'idempotency-key-reused']);
  });
});

describe('one year read', () => {
  test('is not sent again when nothing has changed', async () => {
    const { id, etag } = await opened();
    const reply = await coach.get(`/v1/planning-years/${id}`, { 'if-none-match': etag });
    expect([reply.statusCode, reply.body]).toEqual([304, '']);
    api.clock.advance({ days: 1 });
    const tomorrow = await coach.get(`/v1/planning-years/${id}`, { 'if-none-match': etag });
    expect(tomorrow.statusCode).toBe(200);
  });

  test('has another tag once the directory renames its school', async () => {
    const { id, etag } = await opened();
    const code = schools[next - 1]!;
    const header =
      'rcdts,school_name,district_name,city,county,school_type,grades_served,enrollment';
    const rename = (name: string) =>
      admin.csv(
        '/v1/imports/schools',
        `${header}\n${code},${name},District,Town,County,High School,9 - 12,100`,
      );
    await rename('Another Name');
    const reply = await coach.get(`/v1/planning-years/${id}`, { 'if-none-match': etag });
    expect(reply.statusCode).toBe(200);
    expect(reply.json().organization.name).toBe('Another Name');
    await rename(`School ${code.slice(-4)}`);
  });

  test('as of an instant, shows what had been recorded by then', async () => {
    const { id } = await opened();
    const before = (await coach.get(`/v1/planning-years/${id}`)).json();
    api.clock.set('2026-11-01T12:00:00Z');
    await coach.post(
      `/v1/planning-years/${id}/events`,
      { type: 'designation.letterReceived' },
      ANY,
    );
    api.clock.set('2026-11-20T12:00:00Z');
    const asOf = async (at: string) =>
      coach.get(`/v1/planning-years/${id}?asOf=${encodeURIComponent(at)}`);
    expect((await asOf('2026-10-15T15:00:00Z')).json()).toEqual(before);
    expect((await asOf('2026-11-01T07:00:00-05:00')).json().regions.designation.state).toBe(
      'letterReceived',
    );
    expect((await asOf('2026-10-15T14:59:59Z')).statusCode).toBe(404);
    const { errors } = expectProblem(await asOf('2099-01-01T00:00:00Z'), 400);
    expect(errors).toEqual([{ pointer: '?asOf', detail: 'must not lie in the future' }]);
    expect((await asOf('yesterday')).statusCode).toBe(400);
  });

  test('never shows a state that the clock has left, though no scan has run', async () => {
    const { id } = await opened();
    api.clock.set('2027-01-01T06:00:00Z');
    const { regions } = (await coach.get(`/v1/planning-years/${id}`)).json();
    expect(regions.qer2).toMatchObject({ state: 'preparing', since: '2027-01-01' });
    const { data } = (await coach.get(`/v1/planning-years/${id}/events`)).json();
    expect(data.at(-1)).toMatchObject({ type: 'clock.advanced', actor: { id: 'clock' } });
  });

  test('by a vendor, holds what its role has a part in', async () => {
    const { id } = await opened();
    const vendor = api.as(await vendorKey(api, id));
    const year = (await vendor.get(`/v1/planning-years/${id}`)).json();
    expect(Object.keys(year.regions)).toContain('needsAssessment');
    expect(Object.keys(year.regions)).not.toContain('sip');
    const { data } = (await vendor.get(`/v1/tasks?planningYear=${id}`)).json();
    expect(new Set(data.map(({ role }: { role: string }) => role))).toEqual(new Set(['vendor']));
    expect((await vendor.get(`/v1/planning-years/${id}/events`)).statusCode).toBe(403);
  });
});

describe('the list of years', () => {
  test('filters by state, district, coordinator and what is overdue', async () => {
    const { id } = await opened();
    await coach.post(`/v1/planning-years/${id}/events`, { type: 'stakeholderGroup.named' }, ANY);
    const ids = async (query: string) =>
      (await admin.get(`/v1/planning-years?limit=1000&${query}`))
        .json()
        .data.map((year: { id: string }) => year.id);
    expect(await ids('region=stakeholderGroup&state=named')).toContain(id);
    expect(await ids('region=stakeholderGroup&state=notNamed')).not.toContain(id);
    expect(await ids(`district=${DISTRICT}`)).toContain(id);
    expect(await ids(`district=${OTHER}`)).toEqual([]);
    expect(await ids('overdue=false')).toContain(id);
    api.clock.set('2026-12-05T15:00:00Z');
    expect(await ids('overdue=true')).toContain(id);
    const person = await admin.post('/v1/people', { name: 'C. Oach', email: 'c@example.invalid' });
    expect(await ids(`coordinator=${person.json().id}`)).toEqual([]);
    await admin.post('/v1/assignments', {
      person: person.json().id,
      program: 'isbe-comprehensive',
      role: 'coordinator',
      organization: { kind: 'district', code: DISTRICT },
      from: '2026-10-01',
    });
    expect(await ids(`coordinator=${person.json().id}`)).toContain(id);
    expect((await admin.get('/v1/planning-years?state=named')).statusCode).toBe(400);
    expect((await admin.get('/v1/planning-years?colour=red')).statusCode).toBe(400);
  });

  test('comes in pages, each year once, without what is costly', async () => {
    await opened();
    await opened();
    const seen: string[] = [];
    let url = '/v1/planning-years?limit=2';
    for (;;) {
      const reply = await admin.get(url);
      for (const year of reply.json().data) {
        expect(year.possibleEvents).toBeUndefined();
        seen.push(year.id);
      }
      const { nextCursor } = reply.json();
      if (nextCursor === null) break;
      expect(reply.headers.link).toMatch(/rel="next"/);
      url = `/v1/planning-years?limit=2&cursor=${nextCursor}`;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(4);
    expect((await admin.get('/v1/planning-years?cursor=abc')).statusCode).toBe(400);
    expect((await admin.get('/v1/planning-years?limit=1001')).statusCode).toBe(400);
  });
});

describe('a task', () => {
  test('is completed by its own role, and raises its event once all parties are done', async () => {
    const { id } = await opened();
    const school = schools[next - 1]!;
    const principal = api.as(await api.keyFor({ role: 'principal', scope: { schools: [school] } }));
    const district = api.as(
      await api.keyFor({ role: 'district', scope: { districts: [DISTRICT] } }),
    );
    const letters = {
      district: await taskOf(id, 'district', /letter/i),
      principal: await taskOf(id, 'principal', /letter/i),
    };
    const wrong = await principal.post(`/v1/tasks/${letters.district.id}/complete`, {}, ANY);
    expect(wrong.statusCode).toBe(403);
    const evidence = [{ title: 'Letter', url: 'https://files.example.invalid/letter.pdf' }];
    const first = await district.post(
      `/v1/tasks/${letters.district.id}/complete`,
      { note: 'Came by mail.', evidence },
      { 'if-match': letters.district.etag },
    );
    expect(first.statusCode).toBe(200);
    expect(first.json()).toMatchObject({
      status: 'done',
      settled: { note: 'Came by mail.', evidence },
      event: { type: 'task.completed', changes: {} },
    });
    const second = await principal.post(`/v1/tasks/${letters.principal.id}/complete`, {}, ANY);
    expect(second.json().event.changes).toEqual({ designation: ['released', 'letterReceived'] });
    const again = await principal.post(`/v1/tasks/${letters.principal.id}/complete`, {}, ANY);
    expect([again.statusCode, again.json().code]).toEqual([409, 'task-already-done']);
    const without = await coach.post(
      `/v1/tasks/${letters.principal.id}/reopen`,
      { note: 'Wrong school.' },
      ANY,
    );
    expect([without.statusCode, without.json().errors]).toEqual([
      400,
      [expect.objectContaining({ pointer: '/reason' })],
    ]);
    const reopened = await coach.post(
      `/v1/tasks/${letters.principal.id}/reopen`,
      { reason: 'Wrong school.' },
      ANY,
    );
    expect(reopened.json()).toMatchObject({
      status: 'open',
      settled: null,
      event: {
        changes: { designation: ['letterReceived', 'released'] },
        data: { reason: 'Wrong school.' },
      },
    });
  });

  test('that is blocked says by whom, in the list and in the refusal', async () => {
    const { id } = await opened();
    const conduct = await taskOf(id, 'principal', /^conduct the root cause/i);
    const { data } = (
      await admin.get(`/v1/tasks?planningYear=${id}&status=blocked&limit=1000`)
    ).json();
    for (const task of data) expect(task.blockedBy.length).toBeGreaterThan(0);
    const reply = await admin.post(`/v1/tasks/${conduct.id}/complete`, {}, ANY);
    expect([reply.statusCode, reply.json().code]).toEqual([409, 'task-blocked']);
    expect(reply.json().blockedBy[0].roles.length).toBeGreaterThan(0);
  });

  test('takes only links that a browser may open as evidence', async () => {
    const { id } = await opened();
    const task = await taskOf(id, 'district', /letter/i);
    const reply = await admin.post(
      `/v1/tasks/${task.id}/complete`,
      { evidence: [{ title: 'x', url: 'javascript:alert(1)' }] },
      ANY,
    );
    expect(reply.statusCode).toBe(400);
    expect(reply.json().errors[0].pointer).toBe('/evidence/0/url');
  });

  test('lists filter by role, status, kind and dates, in the order of due dates', async () => {
    const { id } = await opened();
    const list = async (query: string) =>
      (await admin.get(`/v1/tasks?planningYear=${id}&limit=1000&${query}`)).json().data;
    const deadlines = await list('kind=deadline&dueFrom=2027-01-01&dueTo=2027-01-31');
    expect(deadlines.map((task: { dueOn: string }) => task.dueOn)).toEqual([
      '2027-01-20',
      '2027-01-31',
    ]);
    expect(deadlines[1]).toMatchObject({ safeBy: '2027-01-29', raises: 'iqfsr.enteredInIwas' });
    const all = await list('');
    const dated = all.map((task: { dueOn: string | null }) => task.dueOn ?? '9999');
    expect(dated).toEqual(dated.toSorted());
    api.clock.set('2026-12-05T15:00:00Z');
    const late = await list('overdue=true');
    expect(late.length).toBeGreaterThan(0);
    for (const task of late) expect(task).toMatchObject({ status: 'open', overdue: true });
  });
});

describe('a file of designations', () => {
  const header = 'rcdts,designation,released_on,newly_designated,resource_allocation_review';
  const url = '/v1/imports/designations';

  test('opens the years that are called for, once', async () => {
    const [a, b, c] = [schools[50]!, schools[51]!, schools[52]!];
    const file = [
      header,
      `${a},Comprehensive,2026-10-15,yes,`,
      `${b},Comprehensive,2026-10-15,0,1`,
      `${c},Commendable,2026-10-15,,`,
    ].join('\n');
    const dry = await admin.csv(`${url}?dryRun=true`, file);
    expect(dry.json()).toMatchObject({ opened: 2, planningYears: [] });
    const first = await admin.csv(url, file);
    expect(first.json()).toMatchObject({ opened: 2, withoutPlanningYear: 1, rejected: [] });
    const { data } = (await admin.get(`/v1/planning-years?school=${b}`)).json();
    expect(data[0].conditions).toEqual({
      newlyDesignated: false,
      resourceAllocationReview: true,
      cps: false,
    });
    const second = await admin.csv(url, file);
    expect(second.json()).toMatchObject({ opened: 0, unchanged: 2, withoutPlanningYear: 1 });
    const changed = await admin.csv(url, `${header}\n${a},Comprehensive,2026-10-15,no,`);
    expect(changed.statusCode).toBe(422);
    expect(changed.json().rejected).toEqual([
      expect.objectContaining({ row: 2, code: 'year-exists' }),
    ]);
  });

  test('with bad rows is taken as a whole or not at all, unless asked otherwise', async () => {
    const file = [
      header,
      `${schools[53]},Comprehensive,2026-10-15,maybe,`,
      '98-901-0010-26-9999,Comprehensive,2026-10-15,,',
      '98-901,Comprehensive,2026-10-15,,',
      `${schools[54]},Wonderful,2026-10-15,,`,
      `${schools[54]},Comprehensive,2026-10-16,,`,
      `${schools[55]},Comprehensive,2026-10-15,,`,
      `${schools[55]},Comprehensive,2026-10-15,,`,
      `${schools[54]},Comprehensive,1900-10-15,,`,
    ].join('\n');
    const whole = await admin.csv(url, file);
    expect(whole.statusCode).toBe(422);
    expect(
      whole.json().rejected.map(({ row, code }: { row: number; code: string }) => [row, code]),
    ).toEqual([
      [2, 'bad-value'],
      [3, 'unknown-school'],
      [4, 'bad-code'],
      [5, 'unknown-designation'],
      [6, 'future-date'],
      [8, 'duplicate'],
      [9, 'out-of-range'],
    ]);
    expect(whole.json().rejected.at(-1).detail).toMatch(/lies before the first designations/);
    const none = await admin.get(`/v1/planning-years?school=${schools[55]}`);
    expect(none.json().data).toEqual([]);
    const partial = await admin.csv(`${url}?partial=true`, file);
    expect(partial.statusCode).toBe(200);
    expect(partial.json()).toMatchObject({ opened: 1 });
    expect(partial.json().rejected).toHaveLength(7);
  });
});

describe('a whole year through the API', () => {
  test('comes to its end by nothing but what it says is possible', async () => {
    const { id } = await opened({ newlyDesignated: true });
    const read = async () => (await coach.get(`/v1/planning-years/${id}`)).json();
    for (const date of ['2026-11-20', '2027-01-04', '2027-04-05', '2027-07-05']) {
      api.clock.set(`${date}T15:00:00Z`);
      for (let year = await read(); ; year = await read()) {
        const event = year.possibleEvents.find(
          ({ type }: { type: string }) => !/returned|notSelected/.test(type),
        );
        if (!event) break;
        const reply = await coach.post(
          `/v1/planning-years/${id}/events`,
          { type: event.type, ...(event.example && { data: event.example }) },
          ANY,
        );
        expect(reply.statusCode).toBe(201);
      }
    }
    const year = await read();
    expect(year.status).toBe('done');
    expect(
      Object.values(year.regions).every((region) => (region as { final: boolean }).final),
    ).toBe(true);
    expect(year.progress).toMatchObject({ open: 0, blocked: 0 });
    const nothing = await coach.post(
      `/v1/planning-years/${id}/events`,
      { type: 'surveys.progressSent' },
      ANY,
    );
    expect([nothing.statusCode, nothing.json().possibleEvents]).toEqual([409, []]);
  });
});
