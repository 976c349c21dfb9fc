import { afterAll, beforeAll, expect, test } from '@jest/globals';
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
