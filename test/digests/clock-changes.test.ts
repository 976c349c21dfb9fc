import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { changesOf, playChange, populate } from './support/clock-changes.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await populate(database.db);
});
afterAll(() => database.drop());

test.each([changesOf(2026)[1], changesOf(2027)[0]])(
  'when the clocks change on %s, everybody in every zone gets one digest a local date',
  async (date) => {
    const { expected, wrong } = await playChange(database.db, date, 30);
    expect(['2026-11-01', '2027-03-14']).toContain(date);
    expect(wrong).toEqual([]);
    expect(expected).toBe(306);
  },
);
