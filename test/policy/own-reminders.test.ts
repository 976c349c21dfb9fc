import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { cookieHeader } from '../../src/http/cookies.ts';
import { scan } from '../../src/reminders/scan.ts';
import { startSession } from '../../src/sign-in/session-store.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { DISTRICT, openTestYears } from '../support/years.ts';

let app: TestApp;
const people: Record<string, string> = {};

beforeAll(async () => {
  app = await testApp({ now: '2026-10-15T15:00:00Z' });
  await openTestYears(app.ctx, 2);
  const school = (n: number) => ({ kind: 'school', code: `${DISTRICT}-000${n}` });
  for (const [name, role, organization] of [
    ['Anna', 'principal', school(0)],
    ['Bert', 'principal', school(1)],
    ['Carla', 'coordinator', { kind: 'district', code: DISTRICT }],
  ] as const) {
    const reply = await app.admin.post('/v1/assignments', {
      person: { name, email: `${name.toLowerCase()}@example.org` },
      program: app.ctx.programs.all[0]!.id,
      ...{ role, organization, from: '2026-10-01' },
    });
    people[name] = reply.json().person;
  }
  app.clock.set('2026-11-23T15:00:00Z');
  await scan(app.ctx);
});
afterAll(() => app.close());

/** Reads as somebody who has signed in. */
async function read(name: string, url: string) {
  const { db, clock, config } = app.ctx;
  const person = people[name]!;
  const token = await db
    .transaction()
    .execute((trx) => startSession(trx, { person, way: 'link', browser: 'x' }, clock.now()));
  const cookie = cookieHeader(config, 'session', token).split(';')[0]!;
  const reply = await app.as(null).get(url, { cookie });
  expect([reply.statusCode, reply.body]).toEqual([200, expect.any(String)]);
  return reply.json().data as { recipient: { id: string } | null }[];
}

const recipients = (rows: { recipient: { id: string } | null }[]) =>
  [...new Set(rows.map(({ recipient }) => recipient?.id ?? null))].sort();

const PREVIEW = '/v1/reminders/preview?from=2026-11-24&to=2026-12-31&limit=1000';

test('a principal reads the own reminders, and of the days to come nobody else’s', async () => {
  expect(recipients(await read('Anna', '/v1/reminders?limit=1000'))).toEqual([people.Anna]);
  const ahead = recipients(await read('Anna', PREVIEW));
  expect(ahead.filter((person) => person !== people.Anna)).toEqual([]);
});

test('a coordinator reads those of everybody at the own schools', async () => {
  const everybody = Object.values(people).sort();
  const told = recipients(await read('Carla', '/v1/reminders?limit=1000'));
  expect(told).toEqual(expect.arrayContaining(everybody));
  expect(recipients(await read('Carla', PREVIEW))).toEqual(everybody);
});
