import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { buildApp } from '../../src/app.ts';
import type { App } from '../../src/http/app.ts';
import { bootstrap } from '../../src/http/authenticate.ts';
import { together } from '../../src/planning-years/together.ts';
import { expectProblem } from '../http/problem.ts';
import { type Client, clientOf, type TestApp, testApp } from '../support/app.ts';
import { openTestYears } from '../support/years.ts';

/** Acts on planning years that are sent twice under one key, here and at a second server. */
let here: TestApp;
let there: App;
let other: Client;
let ids: string[];

beforeAll(async () => {
  here = await testApp({ now: '2026-11-10T15:00:00Z' });
  // A context of its own remembers years of its own.
  const db = here.ctx.db.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => result,
  });
  there = await buildApp({ ...here.ctx, db }, { limits: { perKey: 1e9, perAddress: 1e9 } });
  other = clientOf(there, here.adminKey);
  ids = await openTestYears(here.ctx, 8);
});
afterAll(async () => {
  await there.close();
  await here.close();
});

const ANY = { 'if-match': '*' };
const eventsOf = (id: string) => `/v1/planning-years/${id}/events`;
const logOf = async (id: string): Promise<{ type: string; settledTasks: string[] }[]> =>
  (await here.admin.get(eventsOf(id))).json().data;
const openTasks = async (id: string, role: string): Promise<string[]> => {
  const url = `/v1/tasks?planningYear=${id}&role=${role}&status=open&limit=1000`;
  const { data } = (await here.admin.get(url)).json();
  return data.map((task: { id: string }) => task.id);
};
const complete = (who: Client, task: string, key?: string) =>
  who.post(`/v1/tasks/${task}/complete`, {}, { ...ANY, ...(key && { 'idempotency-key': key }) });

/** This server remembers a year as it wrote it; then the other one writes it. */
async function raced(id: string): Promise<void> {
  expect((await happen(here.admin, id, 'designation.letterReceived')).statusCode).toBe(201);
  expect((await happen(other, id, 'stakeholderGroup.named')).statusCode).toBe(201);
}
const happen = (who: Client, id: string, type: string, key?: string) =>
  who.post(eventsOf(id), { type }, { ...ANY, ...(key && { 'idempotency-key': key }) });

test('an act that lost a race is answered by what it came to at last, not by what was never written', async () => {
  const [id] = ids as [string];
  await raced(id);
  const reply = await happen(here.admin, id, 'leadershipTeam.named', 'raced');
  expect([reply.statusCode, reply.headers['idempotency-replayed']]).toEqual([201, undefined]);
  expect((await logOf(id)).map(({ type }) => type)).toContain('leadershipTeam.named');
  expect((await happen(other, id, 'leadershipTeam.named', 'raced')).body).toBe(reply.body);
});

test('an act that lost a race to the very same act is refused, and keeps no answer', async () => {
  const id = ids[1]!;
  await raced(id);
  for (const who of [here.admin, here.admin, other])
    expectProblem(await happen(who, id, 'stakeholderGroup.named', 'late'), 409);
});

test('what the database refuses of one act concerns no other that is sent with it', async () => {
  const [, , , , , , broken, sound] = ids as string[];
  await sql`insert into log_entries (planning_year_id, seq, type, recorded_at, effective_on, entry, hash)
    select planning_year_id, seq + 1, type, recorded_at, effective_on, entry, hash from log_entries
    where planning_year_id = ${broken}`.execute(here.ctx.db);
  const outcomes = await Promise.allSettled(
    [broken!, sound!].map((id) =>
      together(here.ctx, {
        ...{ id, actor: bootstrap },
        command: { kind: 'event', type: 'stakeholderGroup.named' },
      }),
    ),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
});

test('nothing is refused on what is only remembered', async () => {
  const id = ids[5]!;
  await happen(here.admin, id, 'stakeholderGroup.named');
  await happen(other, id, 'designation.letterReceived');
  expect((await happen(here.admin, id, 'designation.coordinatorMet')).statusCode).toBe(201);
});

test('one key is not good for another task, though the bodies are the same', async () => {
  const [first, second] = (await openTasks(ids[2]!, 'principal')) as [string, string];
  expect((await complete(here.admin, first, 'for-the-first')).statusCode).toBe(200);
  expectProblem(await complete(here.admin, second, 'for-the-first'), 422, 'idempotency-key-reused');
  expect((await here.admin.get(`/v1/tasks/${second}`)).json().status).toBe('open');
});

test('what is refused for what it has done itself is answered again', async () => {
  const id = ids[3]!;
  const [task] = (await openTasks(id, 'principal')) as [string];
  const reply = await complete(here.admin, task, 'again');
  const before = (await logOf(id)).length;
  for (const who of [here.admin, other]) {
    const again = await complete(who, task, 'again');
    expect([again.statusCode, again.body]).toEqual([200, reply.body]);
    expect(again.headers.etag).toBe(reply.headers.etag);
    expect(again.headers['idempotency-replayed']).toBe('true');
  }
  expect((await logOf(id)).length).toBe(before);
});

test('a question what an act would change is answered again, whatever happened since', async () => {
  const [task] = (await openTasks(ids[4]!, 'principal')) as [string];
  const ask = () =>
    here.admin.post(
      `/v1/tasks/${task}/complete?dryRun=true`,
      {},
      { ...ANY, 'idempotency-key': 'asked' },
    );
  const first = await ask();
  expect(first.statusCode).toBe(200);
  await complete(here.admin, task);
  const again = await ask();
  expect([again.statusCode, again.body]).toEqual([200, first.body]);
});

test('under a key of the day before an act is done anew', async () => {
  const id = ids[5]!;
  const [first, second] = (await openTasks(id, 'principal')) as [string, string];
  await complete(here.admin, first, 'daily');
  here.clock.advance({ hours: 24 });
  const reply = await complete(here.admin, second, 'daily');
  expect([reply.statusCode, reply.headers['idempotency-replayed']]).toEqual([200, undefined]);
});
