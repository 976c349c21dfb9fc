import { scan } from '../../../src/reminders/scan.ts';
import { testClock } from '../../support/clock.ts';
import type { TestDatabase } from '../../support/database.ts';
import { rowsPrograms } from './rows-program.ts';
import { changeOn, plusDays, type RowsYear } from './rows-year.ts';
import { contextOn, heldMailer, heldQueue } from './world.ts';

/**
 * Plays a year with three processes whose clocks lie ten minutes apart, each day with all of them
 * gone back by an hour, and with three days out of thirty on which nothing runs.
 *
 * @returns the days on which anything ran
 */
export async function playStrayClocks({ db }: TestDatabase, year: RowsYear): Promise<string[]> {
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
  return seen;
}

/**
 * Plays a year with one process whose clock jumps a month ahead for a minute, every ten days, and is
 * put right before anything of that has gone out.
 */
export async function playJumps({ db }: TestDatabase, year: RowsYear): Promise<void> {
  const clock = testClock('2026-10-14T12:00:00Z');
  const ctx = {
    ...contextOn(db, clock, heldQueue().queue, heldMailer().mailer),
    programs: rowsPrograms,
  };
  const scanAt = async (instant: string) => {
    clock.set(instant);
    await scan(ctx);
  };
  for (let at = 0; at < year.days; at++) {
    const day = plusDays(year.first, at);
    await scanAt(`${day}T08:00:00Z`);
    if (at % 10 === 5) {
      await scanAt(`${plusDays(day, 30)}T15:00:00Z`);
      await scanAt(`${day}T15:01:00Z`);
    }
    await changeOn(db, year, day);
    await scanAt(`${day}T18:00:00Z`);
  }
}

/** A row of the ledger without the day on which it was written. */
export const withoutDate = (row: string): string => row.slice(0, -'2027-01-01'.length);
