import { dateOf, isWeekend, plus, weekdayOf } from './dates.ts';

/** Mail goes out, and work is counted, from Monday to Friday, less the days on which the state's offices are closed. */
export const isMailDay = (date: string): boolean =>
  !isWeekend(date) && !holidaysOf(Number(date.slice(0, 4))).has(date);

export const mailDayBefore = (date: string): string => {
  const before = plus(date, -1);
  return isMailDay(before) ? before : mailDayBefore(before);
};

/** That day, or the first mail day after it. */
export const mailDayFrom = (date: string): string =>
  isMailDay(date) ? date : mailDayFrom(plus(date, 1));

/** The first, second, third ... mail day after a date. */
export function mailDayAfter(date: string, count: number): string {
  const next = mailDayFrom(plus(date, 1));
  return count === 1 ? next : mailDayAfter(next, count - 1);
}

/**
 * The holidays of Illinois' offices, by their own rules: those with a date move off a weekend (80 Ill.
 * Adm. Code 303.190), the others have a weekday to begin with.
 */
export function holidaysOf(year: number): ReadonlySet<string> {
  const known = worked.get(year);
  if (known) return known;
  const days = new Set([
    // The next year's New Year's Day is kept on December 31 when it is a Saturday.
    ...[year, year + 1].map((each) => keptOn(dateOf(each, 1, 1))),
    nth(3, MONDAY, year, 1), // Martin Luther King
    keptOn(dateOf(year, 2, 12)), // Lincoln
    nth(3, MONDAY, year, 2), // Washington
    lastMondayOfMay(year), // Memorial Day
    keptOn(dateOf(year, 6, 19)), // Juneteenth
    keptOn(dateOf(year, 7, 4)), // Independence
    nth(1, MONDAY, year, 9), // Labor Day
    nth(2, MONDAY, year, 10), // Columbus
    keptOn(dateOf(year, 11, 11)), // Veterans
    nth(4, THURSDAY, year, 11), // Thanksgiving
    plus(nth(4, THURSDAY, year, 11), 1), // and the day after
    keptOn(dateOf(year, 12, 25)), // Christmas
    // General elections are held in even years, on the Tuesday after November's first Monday.
    ...(year % 2 === 0 ? [plus(nth(1, MONDAY, year, 11), 1)] : []),
  ]);
  worked.set(year, days);
  return days;
}

const worked = new Map<number, ReadonlySet<string>>();

const MONDAY = 1;
const THURSDAY = 4;

/** A Saturday's holiday is kept on the Friday before, a Sunday's on the Monday after. */
function keptOn(date: string): string {
  if (weekdayOf(date) === 6) return plus(date, -1);
  return weekdayOf(date) === 0 ? plus(date, 1) : date;
}

/** The third Monday of January, say. */
function nth(count: number, weekday: number, year: number, month: number): string {
  const first = dateOf(year, month, 1);
  const toFirst = (weekday - weekdayOf(first) + 7) % 7;
  return plus(first, toFirst + 7 * (count - 1));
}

function lastMondayOfMay(year: number): string {
  const last = dateOf(year, 5, 31);
  return plus(last, -((weekdayOf(last) - MONDAY + 7) % 7));
}
