import { afterAll, expect, test } from '@jest/globals';
import { scan } from '../../src/reminders/scan.ts';
import { testClock } from '../support/clock.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { playRows } from './support/play-rows.ts';
import { expectedRows, writtenRows } from './support/rows-oracle.ts';
import { rowsPrograms } from './support/rows-program.ts';
import { changeOn, plusDays, seeded, seedRowsYear } from './support/rows-year.ts';
import { contextOn, heldMailer, heldQueue } from './support/world.ts';

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
}, 180_000);

test('clocks that differ by minutes, go back an hour and jump three days lose nothing and tell nothing twice or early', async () => {
  const random = seeded(11);
  const { db } = await database();
  const year = await seedRowsYear(db, random, { schools: 6, days: 40 });
  const clocks = [-10, 0, 10].map((minutes) => ({
    minutes,
    clock: testClock('2026-10-14T12:00:00Z'),
  }));
  const contexts = clocks.map(({ clock }) => ({
    ...contextOn(db, clock, heldQueue().queue, heldMailer().mailer),
    programs: rowsPrograms,
  }));
  /** All three scan when the middle one's clock shows this. */
  const scanAt = async (instant: string) => {
    for (const [at, { minutes, clock }] of clocks.entries()) {
      clock.set(instant);
      clock.advance({ minutes });
      await scan(contexts[at]!);
    }
  };
  const seen: string[] = [];
  for (let at = 0; at < year.days; at++) {
    const day = plusDays(year.first, at);
    // Nothing ran for three days.
    if (at % 30 >= 20 && at % 30 < 23) {
      await changeOn(db, year, day);
      continue;
    }
    await scanAt(`${day}T06:15:00Z`);
    // An hour back, into the evening before.
    await scanAt(`${day}T05:15:00Z`);
    await scanAt(`${day}T06:20:00Z`);
    await changeOn(db, year, day);
    await scanAt(`${day}T18:00:00Z`);
    seen.push(day);
  }
  const written = await writtenRows(db);
  expect(new Set(written.map(withoutDate)).size).toBe(written.length);
  expect(written).toEqual(expectedRows(year, seen));
}, 120_000);

const withoutDate = (row: string): string => row.slice(0, -'2027-01-01'.length);
