import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { forgetOldKeys } from '../../src/http/idempotency.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { expectProblem } from './problem.ts';

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
});
afterAll(() => app.close());

let people = 0;
const somebody = () => ({ name: 'Somebody', email: `somebody-${++people}@example.org` });
const add = (body: unknown, key: string) =>
  app.admin.post('/v1/people', body, { 'idempotency-key': key });
const count = async () => (await app.ctx.db.selectFrom('people').select('id').execute()).length;

test('the same request again gets the same answer, byte for byte, and does nothing', async () => {
  const body = somebody();
  const first = await add(body, 'same');
  const before = await count();
  const second = await add(body, 'same');
  expect(first.statusCode).toBe(201);
  expect(first.headers['idempotency-replayed']).toBeUndefined();
  expect(second.headers['idempotency-replayed']).toBe('true');
  for (const part of ['etag', 'location', 'content-type'])
    expect(second.headers[part]).toBe(first.headers[part]);
  expect([second.statusCode, second.body]).toEqual([first.statusCode, first.body]);
  expect(await count()).toBe(before);
});

test('a key that was used for another body is refused', async () => {
  await add(somebody(), 'reused');
  expectProblem(await add(somebody(), 'reused'), 422, 'idempotency-key-reused');
});

test('a key belongs to its credential', async () => {
  const body = somebody();
  await add(body, 'mine');
  const other = app.as(await app.keyFor({ role: 'administrator', program: null }));
  const reply = await other.post('/v1/people', body, { 'idempotency-key': 'mine' });
  expectProblem(reply, 409, 'email-taken');
});

test('of twins in flight one waits for the other, and both get its answer', async () => {
  const body = somebody();
  const replies = await Promise.all(Array.from({ length: 8 }, () => add(body, 'twins')));
  expect(new Set(replies.map(({ body }) => body)).size).toBe(1);
  expect(replies.map(({ statusCode }) => statusCode)).toEqual(Array(8).fill(201));
  const replayed = replies.filter(({ headers }) => headers['idempotency-replayed']);
  expect(replayed).toHaveLength(7);
});

test('a refusal is not kept: the request may be mended and sent again under its key', async () => {
  const taken = somebody();
  await app.admin.post('/v1/people', taken);
  expectProblem(await add(taken, 'mended'), 409);
  expect((await add(somebody(), 'mended')).statusCode).toBe(201);
});

test('is remembered for a day, to its last minute', async () => {
  const body = somebody();
  const first = await add(body, 'long');
  app.clock.advance({ hours: 23, minutes: 59 });
  await forgetOldKeys(app.ctx.db, app.clock.now());
  const again = await add(body, 'long');
  expect([again.statusCode, again.body]).toEqual([201, first.body]);
});

test('of the day before may be used anew', async () => {
  await add(somebody(), 'worn');
  app.clock.advance({ hours: 24 });
  const reply = await add(somebody(), 'worn');
  expect([reply.statusCode, reply.headers['idempotency-replayed']]).toEqual([201, undefined]);
});

test('is forgotten after a day', async () => {
  const body = somebody();
  await add(body, 'daily');
  app.clock.advance({ hours: 24 });
  expectProblem(await add(body, 'daily'), 409, 'email-taken');
  await forgetOldKeys(app.ctx.db, app.clock.now());
  expect(await app.ctx.db.selectFrom('idempotencyKeys').selectAll().execute()).toEqual([]);
});

test.each(['', ' ', 'ö', 'two words', 'x'.repeat(256)])('%j is no key', async (key) => {
  expectProblem(await add(somebody(), key), 400, 'invalid-input');
});

test('a secret in a kept answer is readable only for whoever got it', async () => {
  const body = { role: 'dashboard', scope: { all: true }, label: 'A screen' };
  const send = () => app.admin.post('/v1/keys', body, { 'idempotency-key': 'secret' });
  const first = await send();
  const { key } = first.json();
  const kept = await app.ctx.db
    .selectFrom('idempotencyKeys')
    .select('body')
    .where('key', '=', 'secret')
    .executeTakeFirstOrThrow();
  expect(kept.body).not.toContain(key);
  expect((await send()).body).toBe(first.body);
});
