import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildApp } from '../../src/app.ts';
import type { App } from '../../src/http/app.ts';
import { expectProblem } from '../http/problem.ts';
import { type Client, clientOf, type TestApp, testApp } from '../support/app.ts';
import { openTestYears } from '../support/years.ts';
import { postByClients } from './support/clients.ts';

/** Transitions by HTTP that share a transaction, here and in a second server of the same database. */
let here: TestApp;
let there: App;
let ids: string[];
let clients: Client[];

beforeAll(async () => {
  here = await testApp({ now: '2026-11-10T15:00:00Z' });
  // A context of its own has groups of its own.
  const db = here.ctx.db.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => result,
  });
  there = await buildApp({ ...here.ctx, db }, { limits: { perKey: 1e9, perAddress: 1e9 } });
  ids = await openTestYears(here.ctx, 4);
  clients = [here.admin, clientOf(there, here.adminKey)];
});
afterAll(async () => {
  await there.close();
  await here.close();
});

const eventsOf = (id: string) => `/v1/planning-years/${id}/events`;
const logOf = async (id: string) => (await here.admin.get(eventsOf(id))).json().data;

/** What may happen next, as the body of a request. */
async function nextEvent(id: string) {
  const { possibleEvents } = (await here.admin.get(`/v1/planning-years/${id}`)).json();
  const { type, example } = possibleEvents[0];
  return { type, ...(example && { data: example }) };
}

test('of twins in flight one transition happens, and all get its answer', async () => {
  const [id] = ids as [string];
  for (let round = 0; round < 5; round += 1) {
    const body = await nextEvent(id);
    const before = (await logOf(id)).length;
    const headers = { 'if-match': '*', 'idempotency-key': `twins-${round}` };
    const replies = await Promise.all(
      Array.from({ length: 8 }, (_, at) => clients[at % 2]!.post(eventsOf(id), body, headers)),
    );
    expect(replies.map(({ statusCode }) => statusCode)).toEqual(Array(8).fill(201));
    expect(new Set(replies.map((reply) => reply.body)).size).toBe(1);
    expect(new Set(replies.map((reply) => reply.headers.etag)).size).toBe(1);
    const replayed = replies.filter((reply) => reply.headers['idempotency-replayed']);
    expect(replayed).toHaveLength(7);
    expect((await logOf(id)).length).toBe(before + 1);
  }
});

test('one that is refused keeps no key and concerns no other of its group', async () => {
  const [, good, bad] = ids as [string, string, string];
  const event = await nextEvent(good);
  const post = (id: string, type: string, key: string) =>
    here.admin.post(eventsOf(id), { ...event, type }, { 'if-match': '*', 'idempotency-key': key });
  const [done, refused] = await Promise.all([
    post(good, event.type, 'done'),
    post(bad, 'surveys.noSuchEvent', 'refused'),
  ]);
  expect(done.statusCode).toBe(201);
  expectProblem(refused, 409, 'event-not-possible');
  expect((await post(bad, event.type, 'refused')).statusCode).toBe(201);
});

test('a repeated transition is answered as it was, although its version has passed', async () => {
  const id = ids[3]!;
  const body = await nextEvent(id);
  const { etag } = (await here.admin.get(`/v1/planning-years/${id}`)).headers;
  const headers = { 'if-match': etag as string, 'idempotency-key': 'again' };
  const first = await here.admin.post(eventsOf(id), body, headers);
  expect(first.statusCode).toBe(201);
  expectProblem(await here.admin.post(eventsOf(id), body, { 'if-match': etag as string }), 412);
  for (const client of clients) {
    const again = await client.post(eventsOf(id), body, headers);
    expect([again.statusCode, again.body]).toEqual([201, first.body]);
    expect(again.headers['idempotency-replayed']).toBe('true');
  }
  const other = { ...body, note: 'Another.' };
  expectProblem(await here.admin.post(eventsOf(id), other, headers), 422, 'idempotency-key-reused');
});

test('of 16 clients that post to 4 years at once, none is refused falsely', async () => {
  expect(await postByClients(640)).toEqual({ 201: 640 });
});
