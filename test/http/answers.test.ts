import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fastify from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { sql } from 'kysely';
import { buildApp } from '../../src/app.ts';
import { openDatabase } from '../../src/db/database.ts';
import { installAnswers } from '../../src/http/answers.ts';
import type { App } from '../../src/http/app.ts';
import { bootstrap } from '../../src/http/authenticate.ts';
import { type Client, clientOf, type TestApp, testApp } from '../support/app.ts';
import { vendorKey } from '../support/vendor.ts';
import { DISTRICT, openTestYears } from '../support/years.ts';
import { expectProblem } from './problem.ts';

/** Two processes on one database: one reads again and again, the other changes what it reads. */
let here: TestApp;
let there: App;
let closeThere: () => Promise<void>;
let ids: string[];
let key: string;
let reader: Client;
let writer: Client;

beforeAll(async () => {
  here = await testApp({ now: '2026-11-10T15:00:00Z' });
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(
    here.ctx.db,
  );
  const url = new URL(process.env.TEST_DATABASE_URL!);
  url.pathname = `/${rows[0]!.name}`;
  const db = openDatabase(url.href, here.ctx.log);
  there = await buildApp({ ...here.ctx, db }, { limits: { perKey: 1e9, perAddress: 1e9 } });
  closeThere = async () => {
    await there.close();
    await db.destroy();
  };
  ids = await openTestYears(here.ctx, 3);
  key = await here.keyFor({});
  reader = here.as(key);
  writer = clientOf(there, here.adminKey);
});
beforeEach(() => here.clock.set('2026-11-10T15:00:00Z'));
afterAll(async () => {
  await closeThere();
  await here.close();
});

const yearOf = (id: string) => `/v1/planning-years/${id}`;
const tasksOf = (id: string) => `/v1/tasks?planningYear=${id}&limit=1000`;
const logOf = (id: string) => `/v1/planning-years/${id}/events`;
const SUMMARY = '/v1/reports/summary';

/** Reads each address twice, so that it is remembered, and checks that both replies are the same. */
async function remember(paths: string[], client = reader): Promise<string[]> {
  const bodies = [];
  for (const path of paths) {
    const [first, again] = [await client.get(path), await client.get(path)];
    expect([again.statusCode, again.body]).toEqual([200, first.body]);
    for (const name of ['etag', 'content-type', 'cache-control', 'content-security-policy', 'link'])
      expect(again.headers[name]).toBe(first.headers[name]);
    expect(again.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
    bodies.push(first.body);
  }
  return bodies;
}

async function act(id: string): Promise<void> {
  const { possibleEvents } = (await writer.get(yearOf(id))).json();
  // One that settles a task, so that the list of tasks is another too.
  const { type, example } = possibleEvents.find(({ task }: { task?: string }) => task);
  const body = { type, ...(example && { data: example }) };
  expect((await writer.post(logOf(id), body, { 'if-match': '*' })).statusCode).toBe(201);
}

describe('what was read before', () => {
  test('is told anew as soon as another process has moved the year', async () => {
    const id = ids[0]!;
    const paths = [yearOf(id), tasksOf(id), logOf(id), SUMMARY];
    for (let at = 0; at < 5; at += 1) {
      const before = await remember(paths);
      const { etag } = (await reader.get(yearOf(id))).headers;
      await act(id);
      const unchanged = await reader.get(yearOf(id), { 'if-none-match': etag as string });
      expect(unchanged.statusCode).toBe(200);
      for (const [index, path] of paths.entries()) {
        const { body } = await reader.get(path);
        expect(body).not.toBe(before[index]);
        expect(withoutMoment(body)).toEqual(withoutMoment((await writer.get(path)).body));
      }
    }
  });

  test('is told anew when another process has ticked a task, set a date or renamed the school', async () => {
    const id = ids[1]!;
    const paths = [yearOf(id), tasksOf(id)];
    const open = (await reader.get(`${tasksOf(id)}&status=open`)).json().data[0];
    await remember(paths);
    const tick = await writer.post(`/v1/tasks/${open.id}/complete`, {}, { 'if-match': '*' });
    expect(tick.statusCode).toBe(200);
    const settled = (await reader.get(tasksOf(id))).json().data.find(withId(open.id));
    expect(settled.status).toBe('done');

    const later = (await reader.get(`${tasksOf(id)}&status=open`)).json().data[0];
    await remember(paths);
    const extension = { reason: 'Snow.', dueOn: '2027-05-05' };
    await writer.post(`/v1/tasks/${later.id}/extend`, extension, { 'if-match': '*' });
    const extended = (await reader.get(tasksOf(id))).json().data.find(withId(later.id));
    expect(extended.dueOn).toBe('2027-05-05');

    await remember(paths);
    await here.ctx.db
      .updateTable('schools')
      .set({ name: 'Renamed' })
      .where('code', '=', `${DISTRICT}-0001`)
      .execute();
    expect((await reader.get(yearOf(id))).json().organization.name).toBe('Renamed');
  });

  test('is told to nobody with a key that another process has revoked', async () => {
    const text = await here.keyFor({ label: 'short-lived' });
    const client = here.as(text);
    await remember([yearOf(ids[2]!)], client);
    const keys = (await writer.get('/v1/keys?limit=1000')).json().data;
    const { id } = keys.find(({ label }: { label: string }) => label === 'short-lived');
    expect((await writer.delete(`/v1/keys/${id}`, { 'if-match': '*' })).statusCode).toBeLessThan(
      300,
    );
    expectProblem(await client.get(yearOf(ids[2]!)), 401);
    expectProblem(await client.get(yearOf(ids[2]!), { 'if-none-match': '*' }), 401);
  });

  test('is told to nobody out of whose scope it has come to lie', async () => {
    const text = await here.keyFor({ label: 'narrowed', scope: { districts: [DISTRICT] } });
    const client = here.as(text);
    await remember([yearOf(ids[2]!), tasksOf(ids[2]!)], client);
    await here.ctx.db
      .updateTable('apiKeys')
      .set({ scope: JSON.stringify({ districts: ['98-999-9990-26'] }) })
      .where('label', '=', 'narrowed')
      .execute();
    expectProblem(await client.get(yearOf(ids[2]!)), 404);
    expect((await client.get(tasksOf(ids[2]!))).json().data).toEqual([]);
  });

  test('is never told to another key', async () => {
    await remember([tasksOf(ids[2]!)]);
    const vendor = here.as(await vendorKey(here, ids[2]!));
    const other = here.as(await here.keyFor({ scope: { schools: [`${DISTRICT}-0000`] } }));
    const all = (await reader.get(tasksOf(ids[2]!))).json().data.length;
    expect((await vendor.get(tasksOf(ids[2]!))).json().data.length).toBeLessThan(all);
    expect((await other.get(tasksOf(ids[2]!))).json().data).toEqual([]);
  });

  test('is told anew on the next day, with what is overdue by then', async () => {
    const id = ids[2]!;
    here.clock.set('2026-12-01T05:59:00Z');
    await remember([tasksOf(id), SUMMARY]);
    const before = await reader.get(yearOf(id));
    here.clock.set('2027-01-15T06:01:00Z');
    const after = await reader.get(yearOf(id), { 'if-none-match': before.headers.etag as string });
    expect(after.statusCode).toBe(200);
    const overdue = ({ overdue }: { overdue: boolean }) => overdue;
    expect((await reader.get(tasksOf(id))).json().data.filter(overdue).length).toBeGreaterThan(
      before.json().progress.overdue,
    );
    const late = (body: string) =>
      JSON.parse(body).groups.reduce((n: number, g: { tasks: { overdue: number } }) => {
        return n + g.tasks.overdue;
      }, 0);
    expect(late((await reader.get(SUMMARY)).body)).toBeGreaterThan(0);
  });
});

test('what was answered is counted, logged and limited like everything else', async () => {
  const limited = await buildApp(here.ctx, { limits: { perKey: 5, perAddress: 5 } });
  const client = clientOf(limited, await here.keyFor({ label: 'eager' }));
  const statuses = [];
  for (let at = 0; at < 6; at += 1) statuses.push((await client.get(yearOf(ids[0]!))).statusCode);
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  const figures = (await limited.inject('/metrics')).body;
  expect(figures).toMatch(/route="\/v1\/planning-years\/:id",status="429"/);
  await limited.close();
});

test('an unchanged year is 304 to whoever has it, and 400 to whoever sends what is no tag', async () => {
  const path = yearOf(ids[0]!);
  const { etag } = (await reader.get(path)).headers;
  for (const tag of [etag as string, `"x", W/${etag}`, '*']) {
    const reply = await reader.get(path, { 'if-none-match': tag });
    expect([reply.statusCode, reply.body, reply.headers.etag]).toEqual([304, '', etag]);
  }
  expectProblem(await reader.get(path, { 'if-none-match': 'v1' }), 400);
});

test('a summary is computed again only when something has changed', async () => {
  const moment = async () => (await reader.get(SUMMARY)).json().computedAt;
  const first = await moment();
  here.clock.advance({ minutes: 5 });
  expect(await moment()).toBe(first);
  await act(ids[0]!);
  expect(await moment()).toBe(here.clock.now().toISOString());
});

test('only so many bytes are remembered; what was not asked for the longest goes first', async () => {
  const app: App = fastify().withTypeProvider<ZodTypeProvider>();
  const answers = installAnswers(app, here.ctx, 4_000);
  app.decorateRequest('actor', null as never);
  app.addHook('onRequest', async (request, reply) => {
    request.actor = bootstrap;
    if (answers.again(request, reply, 'v1')) return reply;
  });
  let made = 0;
  app.get('/:name', async () => {
    made += 1;
    return 'x'.repeat(1_000);
  });
  const madeFor = async (path: string) => {
    const before = made;
    await app.inject(path);
    return made > before;
  };
  expect([await madeFor('/a'), await madeFor('/b'), await madeFor('/a')]).toEqual([
    true,
    true,
    false,
  ]);
  await madeFor('/c');
  expect([await madeFor('/a'), await madeFor('/c'), await madeFor('/b')]).toEqual([
    false,
    false,
    true,
  ]);
  await app.close();
});

const withId = (id: string) => (task: { id: string }) => task.id === id;

/** Two processes compute a summary at two moments. */
function withoutMoment(body: string): unknown {
  const { computedAt: _, ...rest } = JSON.parse(body);
  return rest;
}
