import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type TestApp, testApp } from '../support/app.ts';
import { DISTRICT, openTestYears } from '../support/years.ts';

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
  await openTestYears(app.ctx, 1);
});
afterAll(() => app.close());

const OF_PROGRAM = '/v1/programs/isbe-comprehensive';
const put = (body: object) =>
  app.app.inject({
    method: 'PUT',
    url: `${OF_PROGRAM}/years/2026-27/parameters`,
    headers: { authorization: `Bearer ${app.adminKey}`, 'if-match': '*' },
    payload: body,
  });

test.each([
  '2027-02-10T10:00:00Z',
  '2027-02-3',
  '2027-02-10 23:59',
  '2027-02-30',
  '2027-02-1x',
  '2027',
  '10/02/2027',
])('a date that is none, %s, is refused by its place', async (value) => {
  const before = (await app.admin.get(`${OF_PROGRAM}/years/2026-27/parameters`)).json();
  const reply = await put({
    program: { planningGrantDue: value },
    districts: { [DISTRICT]: { boardMeetingSip: value }, 'no/ne': {} },
  });
  expect(reply.statusCode).toBe(400);
  const detail = 'must be a date such as 2026-10-01';
  expect(reply.json().errors).toEqual([
    { pointer: '/program/planningGrantDue', detail },
    { pointer: `/districts/${DISTRICT}/boardMeetingSip`, detail },
    { pointer: '/districts/no~1ne', detail: 'is no district of the directory' },
  ]);
  expect((await app.admin.get(`${OF_PROGRAM}/years/2026-27/parameters`)).json()).toEqual(before);
});

test('a date of another year is refused, and one of this year is taken and shown', async () => {
  const early = await put({ program: { planningGrantDue: '2026-08-01' } });
  expect(early.json().errors[0].detail).toBe(
    'must be a date from 2026-10-01 on and before 2027-09-30, when the year closes',
  );
  expect((await put({ program: { planningGrantDue: '2027-02-10' } })).statusCode).toBe(200);
  const calendar = await app.admin.get(`${OF_PROGRAM}/calendar?year=2026-27`);
  expect([calendar.statusCode, calendar.body.includes('2027-02-10')]).toEqual([200, true]);
});

describe('changing some of them', () => {
  const OTHER = '98-902-0020-04';
  const url = `${OF_PROGRAM}/years/2026-27/parameters`;
  const BOTH = {
    program: { planningGrantDue: '2027-02-10', essaConferenceOn: '2027-02-01' },
    districts: { [DISTRICT]: { boardMeetingSip: '2027-06-15' } },
  };
  const patch = (key: string, payload: object, query = '') =>
    app.app.inject({
      ...{ method: 'PATCH', url: url + query, payload },
      headers: { authorization: `Bearer ${key}`, 'if-match': '*' },
    });
  const values = async () => (await app.admin.get(url)).json().values;
  const keyOf = (role: string) => app.keyFor({ role, scope: { districts: [DISTRICT] } });

  beforeAll(() =>
    app.ctx.db
      .insertInto('districts')
      .values({ code: OTHER, name: 'Other', demo: false })
      .execute(),
  );
  beforeEach(async () => {
    expect((await put(BOTH)).statusCode).toBe(200);
  });

  test('leaves what it does not name, unsets what is null, and tells what goes and comes', async () => {
    const body = {
      program: { essaConferenceOn: null },
      districts: { [OTHER]: { boardMeetingSip: '2027-07-20' } },
    };
    const changes = [
      { district: null, parameter: 'essaConferenceOn', from: '2027-02-01', to: null },
      { district: OTHER, parameter: 'boardMeetingSip', from: null, to: '2027-07-20' },
    ];
    const dry = await patch(app.adminKey, body, '?dryRun=true');
    expect([dry.statusCode, dry.json()]).toEqual([200, { dryRun: true, changes }]);
    expect(await values()).toEqual(BOTH);
    const reply = await patch(app.adminKey, body);
    expect([reply.statusCode, reply.json().changes]).toEqual([200, changes]);
    expect(await values()).toEqual({
      program: { planningGrantDue: '2027-02-10' },
      districts: { ...BOTH.districts, [OTHER]: { boardMeetingSip: '2027-07-20' } },
    });
  });

  test('PUT stays whole, and names what it takes away', async () => {
    const body = { districts: { [DISTRICT]: { boardMeetingSip: '2027-06-16' } } };
    const changes = [
      { district: null, parameter: 'essaConferenceOn', from: '2027-02-01', to: null },
      { district: null, parameter: 'planningGrantDue', from: '2027-02-10', to: null },
      { district: DISTRICT, parameter: 'boardMeetingSip', from: '2027-06-15', to: '2027-06-16' },
    ];
    const dry = await app.app.inject({
      ...{ method: 'PUT', url: `${url}?dryRun=true`, payload: body },
      headers: { authorization: `Bearer ${app.adminKey}`, 'if-match': '*' },
    });
    expect(dry.json()).toEqual({ dryRun: true, changes });
    expect(await values()).toEqual(BOTH);
    expect((await put(body)).json().changes).toEqual(changes);
  });

  test.each(['district', 'coordinator'])(
    'a %s sets the board’s days of their own district, and nothing else',
    async (role) => {
      const key = await keyOf(role);
      const own = { districts: { [DISTRICT]: { boardMeetingSip: '2027-06-22' } } };
      expect((await patch(key, own)).statusCode).toBe(200);
      expect(await values()).toEqual({ ...BOTH, ...own });
      const tasks = await app.admin.get(
        `/v1/tasks?district=${DISTRICT}&dueFrom=2027-06-22&dueTo=2027-06-22`,
      );
      expect(tasks.json().data.length).toBeGreaterThan(0);
      const elsewhere = await patch(key, {
        districts: { [OTHER]: { boardMeetingSip: '2027-06-22' } },
      });
      expect(elsewhere.json()).toMatchObject({
        status: 400,
        errors: [{ pointer: `/districts/${OTHER}`, detail: 'is no district of the directory' }],
      });
      const common = await patch(key, { program: { planningGrantDue: '2027-02-11' } });
      expect(common.json()).toMatchObject({ status: 403, code: 'forbidden' });
      const perProgram = await patch(key, {
        districts: { [DISTRICT]: { planningGrantDue: '2027-02-11' } },
      });
      expect(perProgram.statusCode).toBe(400);
      expect(await values()).toEqual({ ...BOTH, ...own });
    },
  );

  test('a principal sets none', async () => {
    const body = { districts: { [DISTRICT]: { boardMeetingSip: '2027-06-22' } } };
    expect((await patch(await keyOf('principal'), body)).statusCode).toBe(403);
    expect(await values()).toEqual(BOTH);
  });

  test('by several at once loses none', async () => {
    const replies = await Promise.all([
      patch(app.adminKey, { program: { planningGrantDue: '2027-02-12' } }),
      patch(app.adminKey, { program: { essaConferenceOn: '2027-02-12' } }),
      patch(app.adminKey, { districts: { [OTHER]: { boardMeetingSip: '2027-07-21' } } }),
    ]);
    expect(replies.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
    expect(await values()).toEqual({
      program: { planningGrantDue: '2027-02-12', essaConferenceOn: '2027-02-12' },
      districts: { ...BOTH.districts, [OTHER]: { boardMeetingSip: '2027-07-21' } },
    });
  });
});
