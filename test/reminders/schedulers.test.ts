import { afterAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { playRows } from './support/play-rows.ts';
import { expectedRows, writtenRows } from './support/rows-oracle.ts';
import { seeded, seedRowsYear } from './support/rows-year.ts';
import { playJumps, playStrayClocks, withoutDate } from './support/stray-clocks.ts';

const databases: TestDatabase[] = [];
afterAll(() => Promise.all(databases.map(({ drop }) => drop())));

async function database() {
  const made = await createTestDatabase();
  databases.push(made);
  return made;
}

test('three schedulers, some of them killed, write just what the rules ask for', async () => {
  const random = seeded(7);
  const made = await database();
  const year = await seedRowsYear(made.db, random, { schools: 10, days: 25 });
  const { killed } = await playRows(made, year, 4, random);
  expect(killed).toBe(4);
  const written = await writtenRows(made.db);
  expect(written.length).toBeGreaterThan(50);
  expect(written).toEqual(expectedRows(year));
});

test('clocks that differ by minutes, go back an hour and jump three days lose nothing and tell nothing twice or early', async () => {
  const made = await database();
  const year = await seedRowsYear(made.db, seeded(11), { schools: 6, days: 40 });
  const seen = await playStrayClocks(made, year);
  const written = await writtenRows(made.db);
  expect(new Set(written.map(withoutDate)).size).toBe(written.length);
  expect(written).toEqual(expectedRows(year, seen));
});

test('a clock that jumps a month ahead for a minute leaves no trace in the ledger', async () => {
  const made = await database();
  const year = await seedRowsYear(made.db, seeded(23), { schools: 6, days: 60 });
  await playJumps(made, year);
  expect(await writtenRows(made.db)).toEqual(expectedRows(year));
});
