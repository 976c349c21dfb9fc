import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { retried } from '../../src/http/write.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.db
    .insertInto('districts')
    .values(['A', 'B'].map((code) => ({ code, name: '', demo: false })))
    .execute();
});
afterAll(() => database.drop());

test('of two writers that wait for each other both get through', async () => {
  const { db } = database;
  let [begun, attempts] = [0, 0];
  const write = (mine: string, codes: string[]) =>
    retried(() =>
      db.transaction().execute(async (trx) => {
        attempts += 1;
        for (const code of codes) {
          await sql`update districts set name = name || ${mine} where code = ${code}`.execute(trx);
          begun += 1;
          // Both hold one row before either asks for the other.
          while (begun < 2) await new Promise((resolve) => setTimeout(resolve, 5));
        }
      }),
    );
  await Promise.all([write('1', ['A', 'B']), write('2', ['B', 'A'])]);
  expect(attempts).toBe(3);
  const rows = await db.selectFrom('districts').select('name').execute();
  expect(rows.map(({ name }) => [...name].toSorted().join(''))).toEqual(['12', '12']);
});

test('whatever else the database refuses is told at once', async () => {
  let attempts = 0;
  const wrong = retried(async () => {
    attempts += 1;
    await sql`insert into districts (code, name, demo) values ('A', '', false)`.execute(
      database.db,
    );
  });
  await expect(wrong).rejects.toThrow(/duplicate key/);
  expect(attempts).toBe(1);
});
