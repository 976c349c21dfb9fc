import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BOOTSTRAP_KEY, type TestApp, testApp } from '../support/app.ts';
import { until } from '../support/until.ts';
import { expectProblem } from './problem.ts';

let app: TestApp;
beforeAll(async () => {
  app = await testApp({ now: '2026-11-10T15:00:00Z' });
});
afterAll(() => app.close());

describe('a key', () => {
  test.each([
    ['is missing', undefined],
    ['is unknown', 'Bearer py_nobody'],
    ['comes by another scheme', 'Basic cHk6cHk='],
    ['is empty', 'Bearer '],
  ])('that %s is refused, with the way to do it', async (_, authorization) => {
    const reply = await app.app.inject({
      url: '/v1/schools',
      headers: authorization === undefined ? {} : { authorization },
    });
    expectProblem(reply, 401, 'unauthenticated');
    expect(reply.headers['www-authenticate']).toBe('Bearer realm="planning-year"');
  });

  test('works to the end of its last day where the program is at home, and no longer', async () => {
    const key = app.as(await app.keyFor({ expiresOn: '2026-11-10' }));
    app.clock.set('2026-11-11T05:59:00Z');
    expect((await key.get('/v1/schools')).statusCode).toBe(200);
    app.clock.set('2026-11-11T06:00:00Z');
    expectProblem(await key.get('/v1/schools'), 401);
    app.clock.set('2026-11-10T15:00:00Z');
  });

  test('whose role the program no longer has is refused', async () => {
    expectProblem(await app.as(await app.keyFor({ role: 'bygone' })).get('/v1/schools'), 401);
  });

  test('that is revoked is refused from the next request on', async () => {
    const text = await app.keyFor({ label: 'short-lived' });
    expect((await app.as(text).get('/v1/schools')).statusCode).toBe(200);
    // Another process revokes it: nothing in this one hears of that.
    await app.ctx.db
      .updateTable('apiKeys')
      .set({ revokedAt: app.clock.now() })
      .where('label', '=', 'short-lived')
      .execute();
    expectProblem(await app.as(text).get('/v1/schools'), 401);
  });

  test('that is stored with more than one scope, or with none, opens nothing', async () => {
    for (const scope of [{ all: true, schools: [] }, {}, { all: false }, { schools: 'x' }]) {
      const key = await app.keyFor({ scope: scope as never });
      expectProblem(await app.as(key).get('/v1/schools'), 401);
    }
  });

  test('has its use noted at most once a minute', async () => {
    const key = app.as(await app.keyFor({ label: 'noted' }));
    const used = async () => {
      const query = app.ctx.db.selectFrom('apiKeys').select('lastUsedAt');
      return (await query.where('label', '=', 'noted').executeTakeFirstOrThrow()).lastUsedAt;
    };
    const first = app.clock.now();
    await key.get('/v1/schools');
    await until(async () => isDeepStrictEqual(await used(), first));
    app.clock.advance({ minutes: 0.5 });
    await key.get('/v1/schools');
    expect(await used()).toEqual(first);
    app.clock.advance({ minutes: 0.5 });
    await key.get('/v1/schools');
    await until(async () => isDeepStrictEqual(await used(), app.clock.now()));
  });
});

test('the key of the settings is an administrator’s', async () => {
  expect((await app.as(BOOTSTRAP_KEY).get('/v1/keys')).statusCode).toBe(200);
});

test('the key of the settings opens nothing as a password, which browsers send by themselves', async () => {
  expectProblem(await asPassword(BOOTSTRAP_KEY), 401);
});

test('the key of a role opens nothing as a password, and that of a webhook no more than as a key', async () => {
  expectProblem(await asPassword(await app.keyFor({})), 401);
  const webhook = await app.keyFor({ role: 'webhook', program: null });
  expectProblem(await asPassword(webhook), 403);
});

const asPassword = (key: string) =>
  app.app.inject({
    url: '/v1/keys',
    headers: { authorization: `Basic ${Buffer.from(`x:${key}`).toString('base64')}` },
  });
