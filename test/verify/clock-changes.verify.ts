import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { changesOf, playChange, populate } from '../digests/support/clock-changes.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await populate(database.db);
});
afterAll(() => database.drop());

test('every change of clocks to 2036 leaves everybody in every zone with one digest a local date', async () => {
  const years = Array.from({ length: 11 }, (_, at) => 2026 + at);
  const changes = years.flatMap(changesOf).filter((date) => date >= '2026-11-01');
  let days = 0;
  const wrong: string[] = [];
  for (const date of changes) {
    const played = await playChange(database.db, date, 15);
    days += played.expected;
    wrong.push(...played.wrong);
  }
  console.log(
    `clock changes: ${changes.length} changes, ${days} local dates of people, ${wrong.length} without exactly one digest`,
  );
  expect(changes).toHaveLength(21);
  expect(wrong).toEqual([]);
});
