import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { pino } from 'pino';
import type { Db } from '../../src/context.ts';
import { openDatabase } from '../../src/db/database.ts';
import { isDatabaseGone } from '../../src/http/database-gone.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { silentProxy } from './support/silent-proxy.ts';

/** A server that falls silent without a word, here behind a proxy that swallows what it is sent. */

let database: TestDatabase;
let proxy: Awaited<ReturnType<typeof silentProxy>>;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await silentProxy(database.url);
  const watching = { patience: 200, every: 100, answer: 500, looks: 3 };
  db = openDatabase(proxy.url, pino({ level: 'silent' }), watching);
});
afterAll(async () => {
  await db.destroy();
  await proxy.close();
  await database.drop();
});

const ask = () => sql`select 1 as one`.execute(db);

/** Opens so many connections, which then lie idle. */
const openConnections = (count: number) =>
  Promise.all(Array.from({ length: count }, () => sql`select pg_sleep(0.2)`.execute(db)));

test('what is asked of a silent server fails as one that is gone', async () => {
  await openConnections(5);
  proxy.silence(true);
  const error = await ask().catch((fault) => fault);
  expect(isDatabaseGone(error)).toBe(true);
  proxy.silence(false);
});

test('once it answers again, nobody tries the dead connections one by one', async () => {
  await until(async () => (await ask().catch(() => null)) !== null);
  await openConnections(10);
  proxy.silence(true);
  const hung = ask().catch((fault) => fault);
  // It answers new connections again before anybody has noticed.
  await sql`select 1`.execute(database.db);
  proxy.silence(false);
  await hung;
  const replies = await Promise.allSettled(Array.from({ length: 20 }, ask));
  expect(replies.filter(({ status }) => status === 'rejected')).toEqual([]);
});

test('a statement that the server works on may take its time', async () => {
  const { rows } = await sql<{ done: boolean }>`
    select true as done from pg_sleep(2)`.execute(db);
  expect(rows).toEqual([{ done: true }]);
});
