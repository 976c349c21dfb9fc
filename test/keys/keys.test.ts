import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectProblem } from '../http/problem.ts';
import { csvOf, directoryFile } from '../schools/directory-file.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { until } from '../support/until.ts';
import { contractFor } from '../support/vendor.ts';

let app: TestApp;
const file = directoryFile(4, 2);
const [school, other] = [file[0]![0]!, file[1]![0]!];
const district = school.slice(0, 14);

beforeAll(async () => {
  app = await testApp({ now: '2026-11-10T15:00:00Z' });
  await app.admin.csv('/v1/imports/schools', csvOf(file));
});
afterAll(() => app.close());

const wanted = (more: object = {}) => ({
  role: 'principal',
  scope: { schools: [school] },
  label: 'A principal',
  ...more,
});
const make = (more: object = {}) => app.admin.post('/v1/keys', wanted(more));
const pointers = (reply: Awaited<ReturnType<typeof make>>) =>
  expectProblem(reply, 400).errors?.map(({ pointer }) => pointer);

describe('a new key', () => {
  test('is told once, works, and is stored as a digest only', async () => {
    const reply = await make();
    expect(reply.statusCode).toBe(201);
    const { key, ...rest } = reply.json();
    expect(reply.headers['cache-control']).toBe('no-store');
    expect(key).toMatch(/^py_[\w-]{43}$/);
    expect(rest).toMatchObject({
      prefix: key.slice(0, 9),
      program: app.ctx.programs.all[0]!.id,
      expiresOn: '2027-02-08',
      revokedAt: null,
    });
    expect((await app.as(key).get(`/v1/schools/${school}`)).statusCode).toBe(200);
    const shown = async () => (await app.admin.get(String(reply.headers.location))).json();
    // Its use is noted behind the reply.
    await until(async () => (await shown()).lastUsedAt !== null);
    expect(await shown()).toEqual({ ...rest, lastUsedAt: expect.anything() });
    const stored = await app.ctx.db.selectFrom('apiKeys').selectAll().execute();
    expect(JSON.stringify(stored)).not.toContain(key.slice(9));
  });

  test.each([
    ['an unknown role', { role: 'wizard' }, ['/role']],
    ['an unknown program', { program: 'nowhere' }, ['/program']],
    ['an unknown school', { scope: { schools: ['x'] } }, ['/scope/schools/0']],
    ['an unknown district', { scope: { districts: ['x'] } }, ['/scope/districts/0']],
    ['a day gone by', { expiresOn: '2026-11-09' }, ['/expiresOn']],
    ['more than a year', { expiresOn: '2027-11-11' }, ['/expiresOn']],
    ['a day that does not exist', { expiresOn: '2027-02-29' }, ['/expiresOn']],
    ['no scope at all', { scope: { schools: [] } }, ['/scope/schools']],
    ['two scopes', { scope: { all: true, schools: [school] } }, ['/scope/all']],
    ['an administrator of one school', { role: 'administrator' }, ['/scope']],
    ['a webhook of one school', { role: 'webhook' }, ['/scope']],
    ['a line break in its label', { label: 'a\nb' }, ['/label']],
  ])('with %s is refused, and the place is named', async (_, more, places) => {
    expect(pointers(await make(more))).toEqual(expect.arrayContaining(places));
  });

  test('may last a year, to the day', async () => {
    expect((await make({ expiresOn: '2027-11-10' })).statusCode).toBe(201);
    expect((await make({ expiresOn: '2026-11-10' })).statusCode).toBe(201);
  });

  test('comes once, wherever a page of keys ends', async () => {
    const all = (await app.admin.get('/v1/keys?limit=1000')).json().data;
    const seen: string[] = [];
    for (let next = '/v1/keys?limit=2'; next !== '' && seen.length <= all.length; ) {
      const { data, nextCursor } = (await app.admin.get(next)).json();
      seen.push(...data.map(({ id }: { id: string }) => id));
      next = nextCursor === null ? '' : `/v1/keys?limit=2&cursor=${nextCursor}`;
    }
    expect(seen).toEqual(all.map(({ id }: { id: string }) => id));
  });

  test('in the place of one that has ended is refused', async () => {
    const made = await make({ expiresOn: '2026-11-10' });
    const rotate = () =>
      app.admin.post(`/v1/keys/${made.json().id}/rotate`, {}, { 'if-match': '*' });
    app.clock.set('2026-11-11T15:00:00Z');
    expectProblem(await rotate(), 409, 'key-ended');
    app.clock.set('2026-11-10T15:00:00Z');
    expect((await rotate()).statusCode).toBe(201);
  });

  test('never reaches beyond its maker’s own', async () => {
    const program = app.ctx.programs.all[0]!.id;
    const state = app.as(await app.keyFor({ role: 'isbe', program }));
    const administrator = wanted({ role: 'administrator', scope: { all: true } });
    expectProblem(await state.post('/v1/keys', administrator), 403);
    const screen = await state.post(
      '/v1/keys',
      wanted({ role: 'dashboard', scope: { all: true } }),
    );
    expect(screen.json().program).toBe(program);
    const seen = (await state.get('/v1/keys?limit=1000')).json().data;
    expect(new Set(seen.map((key: { program: string }) => key.program))).toEqual(
      new Set([program]),
    );
    const district = app.as(await app.keyFor({ role: 'isbe', scope: { districts: ['x'] } }));
    expectProblem(await district.post('/v1/keys', wanted()), 403, 'forbidden');
    expectProblem(await app.as(await app.keyFor({})).get('/v1/keys'), 403);
  });
});

describe('a key reaches', () => {
  const seenBy = async (scope: object) => {
    const { key } = (await make({ scope })).json();
    const { data } = (await app.as(key).get('/v1/schools')).json();
    const statuses = [];
    for (const code of [school, other])
      statuses.push((await app.as(key).get(`/v1/schools/${code}`)).statusCode);
    return { seen: data.map(({ rcdts }: { rcdts: string }) => rcdts), statuses };
  };

  test('its schools', async () => {
    expect(await seenBy({ schools: [school] })).toEqual({ seen: [school], statuses: [200, 404] });
  });

  test('the schools of its districts', async () => {
    const mine = file.map(([code]) => code!).filter((code) => code.startsWith(district));
    expect(await seenBy({ districts: [district] })).toEqual({
      seen: mine.sort(),
      statuses: [200, 404],
    });
  });

  test('everything', async () => {
    expect(await seenBy({ all: true })).toEqual({
      seen: file.map(([code]) => code).sort(),
      statuses: [200, 200],
    });
  });
});

test('a revoked key is refused from then on and stays on record', async () => {
  const reply = await make({ label: 'lost' });
  const { id, key } = reply.json();
  const path = `/v1/keys/${id}`;
  expectProblem(await app.admin.delete(path), 428);
  expect(
    (await app.admin.delete(path, { 'if-match': String(reply.headers.etag) })).statusCode,
  ).toBe(204);
  expectProblem(await app.as(key).get('/v1/schools'), 401);
  expect((await app.admin.get(path)).json()).toMatchObject({
    label: 'lost',
    revokedAt: '2026-11-10T15:00:00.000Z',
    version: 2,
  });
  expectProblem(await app.admin.delete(path, { 'if-match': '"v1"' }), 412);
  expect((await app.admin.delete(path, { 'if-match': '*' })).statusCode).toBe(204);
});

describe('a key in the place of another', () => {
  const any = { 'if-match': '*' };
  const rotate = (id: string, body: object = {}) =>
    app.admin.post(`/v1/keys/${id}/rotate`, body, any);

  test('allows the same, and both are good until the older one is revoked', async () => {
    const first = (await make({ label: 'a screen', expiresOn: '2026-12-01' })).json();
    const reply = await rotate(first.id, { expiresOn: '2027-06-30' });
    expect(reply.statusCode).toBe(201);
    const { role, program, scope, label } = first;
    const second = reply.json();
    expect(second).toMatchObject({ role, program, scope, label, replaces: first.id });
    expect(second.expiresOn).toBe('2027-06-30');
    for (const { key } of [first, second])
      expect((await app.as(key).get(`/v1/schools/${school}`)).statusCode).toBe(200);
    await app.admin.delete(`/v1/keys/${first.id}`, any);
    expectProblem(await app.as(first.key).get('/v1/schools'), 401);
    expect((await app.as(second.key).get('/v1/schools')).statusCode).toBe(200);
    expectProblem(await rotate(first.id), 409, 'key-ended');
  });

  test('is one at a time, and ends within a year like any', async () => {
    const first = (await make()).json();
    expect(pointers(await rotate(first.id, { expiresOn: '2027-11-11' }))).toEqual(['/expiresOn']);
    const second = (await rotate(first.id)).json();
    expectProblem(await rotate(first.id), 409, 'rotation-under-way');
    expectProblem(await rotate(second.id), 409, 'rotation-under-way');
    await app.admin.delete(`/v1/keys/${second.id}`, any);
    const third = (await rotate(first.id)).json();
    await app.admin.delete(`/v1/keys/${first.id}`, any);
    expect((await rotate(third.id)).statusCode).toBe(201);
    expectProblem(await app.admin.post(`/v1/keys/${first.id}/rotate`, {}), 428);
  });

  test('of two asked for at once, one is made', async () => {
    const { id } = (await make()).json();
    const statuses = await Promise.all([rotate(id), rotate(id), rotate(id)]);
    expect(statuses.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409, 409]);
  });
});

describe('a vendor’s key', () => {
  const dates = { proposedOn: '2026-11-10', to: '2026-12-31' };
  let contract: string;
  let year: string;
  beforeAll(async () => {
    const open = async (code: string) =>
      (
        await app.admin.post('/v1/planning-years', {
          ...{ program: app.ctx.programs.all[0]!.id, year: '2026-27', school: code },
          ...{ designation: 'Comprehensive', releasedOn: '2026-10-15' },
          ...{ newlyDesignated: false, resourceAllocationReview: false },
        })
      ).json().id;
    year = await open(school);
    await open(other);
    contract = await contractFor(app, year, dates);
  });
  const vendor = (more: object = {}) =>
    make({ role: 'vendor', scope: { contract }, label: 'A vendor', ...more });

  test('stands for its contract: it is made for one, and no other role’s is', async () => {
    expect(pointers(await vendor({ scope: { schools: [school] } }))).toEqual(['/scope']);
    expect(pointers(await vendor({ scope: { all: true } }))).toEqual(['/scope']);
    expect(pointers(await vendor({ scope: { contract: year } }))).toEqual(['/scope/contract']);
    expect(pointers(await make({ scope: { contract } }))).toEqual(['/scope']);
    expect(pointers(await make({ role: 'dashboard', scope: { contract } }))).toEqual(['/scope']);
    const reply = await vendor();
    expect([reply.statusCode, reply.json().scope]).toEqual([201, { contract }]);
  });

  test('reaches what the contract reaches: the own part of that school', async () => {
    const client = app.as((await vendor()).json().key);
    const codes = (await client.get('/v1/schools')).json().data;
    expect(codes.map(({ rcdts }: { rcdts: string }) => rcdts)).toEqual([school]);
    const tasks = (await client.get('/v1/tasks?limit=1000')).json().data;
    expect(tasks.length).toBeGreaterThan(5);
    for (const task of tasks) expect(task).toMatchObject({ role: 'vendor', planningYear: year });
    const years = (await client.get('/v1/planning-years')).json().data;
    expect(years.map(({ id }: { id: string }) => id)).toEqual([year]);
    expectProblem(await client.get(`/v1/schools/${other}`), 404);
  });

  test('is good from the day of the proposal to the contract’s last, and dies with it', async () => {
    const client = app.as((await vendor()).json().key);
    const statusOn = async (instant: string) => {
      app.clock.set(instant);
      return (await client.get(`/v1/planning-years/${year}`)).statusCode;
    };
    // By the clock of the program.
    expect(await statusOn('2026-11-10T05:59:00Z')).toBe(401);
    expect(await statusOn('2026-11-10T06:00:00Z')).toBe(200);
    expect(await statusOn('2027-01-01T05:59:00Z')).toBe(200);
    expect(await statusOn('2027-01-01T06:00:00Z')).toBe(401);
    app.clock.set('2026-11-20T15:00:00Z');
    const end = (to: string) =>
      app.admin.patch(`/v1/contracts/${contract}`, { to }, { 'if-match': '*' });
    await end('2026-11-19');
    expect((await client.get('/v1/tasks')).statusCode).toBe(401);
    await end('2026-12-31');
    expect((await client.get('/v1/tasks')).statusCode).toBe(200);
    await app.ctx.db.deleteFrom('contracts').where('id', '=', contract).execute();
    expect((await client.get('/v1/tasks')).statusCode).toBe(401);
    app.clock.set('2026-11-10T15:00:00Z');
    contract = await contractFor(app, year, dates);
  });

  test('follows a school to its new code', async () => {
    const client = app.as((await vendor()).json().key);
    const code = `${school.slice(0, -1)}9`;
    const body = { code, on: '2026-11-10', reason: 'A new code.' };
    const reply = await app.admin.post(`/v1/schools/${school}/recode`, body, { 'if-match': '*' });
    expect([reply.statusCode, reply.body]).toEqual([200, expect.any(String)]);
    const { data } = (await client.get('/v1/planning-years')).json();
    expect(data.map((found: { school: string }) => found.school)).toEqual([code]);
  });
});
