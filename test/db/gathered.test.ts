import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Db } from '../../src/context.ts';
import { type Lookup, lookUp } from '../../src/db/gathered.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  db = database.db;
  await sql`create table things (name text primary key, worth int)`.execute(db);
  await sql`create sequence statements`.execute(db);
});
beforeEach(async () => {
  await sql`truncate things`.execute(db);
  await sql`insert into things values ('a', 1), ('b', 2)`.execute(db);
});
afterAll(() => database.drop());

const worth: Lookup<number> = {
  names: 'text[]',
  text: 'select name, to_json(worth) as found from things where name = any(@names)',
};
const length: Lookup<number> = {
  names: 'int[]',
  text: 'select n::text as name, to_json(n * 10) as found from unnest(@names) n',
};
/** Which statement answers: the same number for all that it answers. */
const statement: Lookup<number> = {
  names: 'text[]',
  text: `select n as name, to_json(s.at) as found
    from unnest(@names) n, (select nextval('statements') as at) s`,
};

test('each gets what there is under its name, and nothing where there is nothing', async () => {
  const found = await Promise.all([
    lookUp(db, worth, 'a'),
    lookUp(db, length, '7'),
    lookUp(db, worth, 'nobody'),
    lookUp(db, worth, 'b'),
    lookUp(db, worth, 'a'),
  ]);
  expect(found).toEqual([1, 70, undefined, 2, 1]);
});

test('what is asked at one moment goes in one statement', async () => {
  const names = Array.from({ length: 50 }, (_, n) => `n${n}`);
  const numbers = await Promise.all(names.map((name) => lookUp(db, statement, name)));
  expect(new Set(numbers).size).toBe(1);
});

test('is answered as of a statement that began after it was asked', async () => {
  for (let at = 0; at < 200; at += 1) {
    // Others keep statements under way all the time.
    const others = Array.from({ length: 3 }, () => lookUp(db, worth, 'b'));
    await sql`update things set worth = ${at} where name = 'a'`.execute(db);
    expect(await lookUp(db, worth, 'a')).toBe(at);
    await Promise.all(others);
  }
});

test('a statement that fails fails those who asked, and nobody later', async () => {
  const broken: Lookup<number> = { names: 'text[]', text: 'select 1 / 0 from unnest(@names)' };
  const together = [lookUp(db, broken, 'x'), lookUp(db, worth, 'a')];
  const outcomes = await Promise.allSettled(together);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await lookUp(db, worth, 'a')).toBe(1);
});
