import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { cookieHeader } from '../../src/http/cookies.ts';
import { startSession } from '../../src/sign-in/session-store.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { DISTRICT, openTestYears } from '../support/years.ts';

let app: TestApp;
let years: string[];
let signedIn: { cookie: string; origin: string };

beforeAll(async () => {
  app = await testApp({ now: '2026-10-15T15:00:00Z' });
  years = await openTestYears(app.ctx, 2);
  const { db, clock, config, programs } = app.ctx;
  const give = async (role: string, n: number) => {
    const reply = await app.admin.post('/v1/assignments', {
      person: { name: 'Pat', email: 'pat@example.org' },
      program: programs.all[0]!.id,
      ...{ role, organization: { kind: 'school', code: `${DISTRICT}-000${n}` } },
      from: '2026-10-01',
    });
    return reply.json().person as string;
  };
  await give('principal', 0);
  const person = await give('coordinator', 1);
  app.clock.set('2026-11-20T15:00:00Z');
  const token = await db
    .transaction()
    .execute((trx) => startSession(trx, { person, way: 'link', browser: 'x' }, clock.now()));
  const cookie = cookieHeader(config, 'session', token).split(';')[0]!;
  signedIn = { cookie, origin: new URL(config.publicUrl).origin };
});
afterAll(() => app.close());

const openTask = async (year: string, role: string): Promise<string> => {
  const url = `/v1/tasks?planningYear=${year}&role=${role}&status=open&limit=1000`;
  const { data } = (await app.admin.get(url)).json();
  return data.find(({ scope, raises }: { scope: string; raises: string | null }) => {
    return scope === 'school' && raises === null;
  }).id;
};

test('each act is done, and witnessed, by the role that somebody has there', async () => {
  const tasks = [await openTask(years[0]!, 'principal'), await openTask(years[1]!, 'coordinator')];
  const reply = await app.as(null).post('/v1/tasks/complete', { tasks }, signedIn);
  expect([reply.statusCode, reply.body]).toEqual([200, expect.any(String)]);
  const roles = reply
    .json()
    .data.map(({ event }: { event: { actor: { role: string } } }) => event.actor.role);
  expect(roles.sort()).toEqual(['coordinator', 'principal']);

  const elsewhere = await openTask(years[0]!, 'coordinator');
  const refused = await app.as(null).post('/v1/tasks/complete', { tasks: [elsewhere] }, signedIn);
  expect(refused.statusCode).toBe(403);
});
