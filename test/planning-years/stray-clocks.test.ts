import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildApp } from '../../src/app.ts';
import type { App } from '../../src/http/app.ts';
import { advanceDue, caughtUp } from '../../src/planning-years/clock-scan.ts';
import { findYear } from '../../src/planning-years/store.ts';
import { expectProblem } from '../http/problem.ts';
import { clientOf, type TestApp, testApp } from '../support/app.ts';
import { testClock } from '../support/clock.ts';
import { openTestYears } from '../support/years.ts';

/** Processes whose clocks lie apart, and one whose clock jumps. */

let here: TestApp;
let there: App;
let years: string[];
const ahead = testClock('2026-11-10T15:00:05Z');

beforeAll(async () => {
  here = await testApp({ now: '2026-11-10T15:00:00Z' });
  const db = here.ctx.db.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => result,
  });
  const limits = { perKey: 1e9, perAddress: 1e9 };
  there = await buildApp({ ...here.ctx, db, clock: ahead }, { limits });
  years = await openTestYears(here.ctx, 3);
});
afterAll(async () => {
  await there.close();
  await here.close();
});

test('a log’s instants never go back, whichever of two clocks five seconds apart told them', async () => {
  const [id] = years as [string];
  const servers = [clientOf(there, here.adminKey), here.admin];
  const types = ['noGrant', 'reopened'];
  here.clock.set('2027-02-10T15:00:00Z');
  ahead.set('2027-02-10T15:00:05Z');
  for (let at = 0; at < 20; at += 1) {
    const url = `/v1/planning-years/${id}`;
    const client = servers[at % 2]!;
    const replies = [
      await client.post(`${url}/events`, { type: `qer2.${types[at % 2]}` }, { 'if-match': '*' }),
      await client.post(`${url}/notes`, { text: 'A note.' }),
    ];
    expect(replies.map(({ statusCode }) => statusCode)).toEqual([201, 201]);
    here.clock.advance({ minutes: 1 / 60 });
    ahead.advance({ minutes: 1 / 60 });
  }
  const { data } = (await here.admin.get(`/v1/planning-years/${id}/events?limit=1000`)).json();
  const instants: string[] = data.map(({ recordedAt }: { recordedAt: string }) => recordedAt);
  expect(instants.length).toBeGreaterThan(40);
  expect(instants).toEqual(instants.toSorted());
  // As of any of them, what was recorded by then had happened.
  for (const [at, instant] of instants.entries()) {
    if (instant === instants[at + 1]) continue;
    const url = `/v1/planning-years/${id}?asOf=${encodeURIComponent(instant)}`;
    expect((await servers[0]!.get(url)).statusCode).toBe(200);
  }
});

test('while the time can’t be trusted writes wait, reads go on, and no year advances', async () => {
  const [, id] = years as [string, string];
  const doubted = { ...here.ctx, clock: { ...here.clock, doubt: async () => 'It has jumped.' } };
  const app = await buildApp(doubted, { limits: { perKey: 1e9, perAddress: 1e9 } });
  const admin = clientOf(app, here.adminKey);
  const before = await findYear(here.ctx.db, id);
  here.clock.set('2027-06-10T15:00:00Z');
  await caughtUp(doubted);
  for (const reply of [
    await admin.post(`/v1/planning-years/${id}/notes`, { text: 'A note.' }),
    await admin.post('/v1/people', { name: 'Somebody', email: 'somebody@example.org' }),
    await clientOf(app, null).get('/readyz'),
  ]) {
    const { detail } = expectProblem(reply, 503, 'unavailable');
    expect(detail).toContain('It has jumped.');
  }
  expect((await admin.get(`/v1/planning-years/${id}`)).statusCode).toBe(200);
  expect(await findYear(here.ctx.db, id)).toEqual(before);
  await advanceDue(here.ctx);
  expect((await findYear(here.ctx.db, id))!.headSeq).toBeGreaterThan(before!.headSeq);
  await app.close();
});
