import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Db } from '../../src/context.ts';
import { type Lookup, lookUp } from '../../src/db/gathered.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { statementsDuring } from '../support/statements.ts';

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

/** Fails on every name that is odd, as PostgreSQL does on what it can't take. */
const halved: Lookup<number> = {
  names: 'int[]',
  text: 'select n::text as name, to_json(n / (1 - n % 2)) as found from unnest(@names) n',
};

test('a look-up that fails by itself fails nobody who asks at the same moment', async () => {
  const broken: Lookup<number> = { names: 'text[]', text: 'select 1 / 0 from unnest(@names)' };
  const together = [lookUp(db, broken, 'x'), lookUp(db, worth, 'a'), lookUp(db, broken, 'x')];
  const outcomes = await Promise.allSettled(together);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
  expect(await together[1]).toBe(1);
});

test('of hundreds, just those fail that are wrong, in a few statements each', async () => {
  const wrong = new Set([3, 201, 203]);
  const names = Array.from({ length: 300 }, (_, n) => (wrong.has(n) ? n : 2 * n));
  const statements = await statementsDuring(async () => {
    const outcomes = await Promise.allSettled(names.map((n) => lookUp(db, halved, String(n))));
    for (const [at, outcome] of outcomes.entries())
      expect([names[at], outcome.status]).toEqual([
        names[at],
        wrong.has(at) ? 'rejected' : 'fulfilled',
      ]);
  });
  expect(statements).toBeLessThan(60);
});

test('what could be no name of its kind is not there, and reaches no statement', async () => {
  const uuid: Lookup<string> = { ...worth, names: 'uuid[]' } as never;
  const bytes: Lookup<string> = { ...worth, names: 'bytea[]' } as never;
  const nothing = await statementsDuring(async () => {
    for (const name of ['\0', 'a\0b', '\ud800', 'x\udc00x', 'x'.repeat(1_001)])
      for (const kind of [worth, uuid, bytes, length])
        expect(await lookUp(db, kind as Lookup<unknown>, name)).toBeUndefined();
    for (const name of ['', 'a', "'", '{}', 'NULL', '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f607'])
      for (const kind of [uuid, length])
        expect(await lookUp(db, kind as Lookup<unknown>, name)).toBeUndefined();
    for (const name of ['a', '\\x0', '\\xzz'])
      expect(await lookUp(db, bytes, name)).toBeUndefined();
  });
  expect(nothing).toBe(0);
});

test('a database that is gone is told to everybody, and asked once', async () => {
  const gone: Lookup<number> = {
    names: 'text[]',
    text: `select n as name, to_json(raise_gone()) as found from unnest(@names) n`,
  };
  await sql`create function raise_gone() returns int language plpgsql as
    $$ begin raise exception 'gone' using errcode = '57P01'; end $$`.execute(db);
  const statements = await statementsDuring(async () => {
    const outcomes = await Promise.allSettled([lookUp(db, gone, 'x'), lookUp(db, worth, 'a')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
  expect(statements).toBe(1);
});
