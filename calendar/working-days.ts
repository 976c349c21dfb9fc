import type { Holiday } from './shape.ts';

/** A program's working days: Monday to Friday, less its holidays. Dates are `YYYY-MM-DD`. */
export interface WorkingDays {
  isWorkingDay(date: string): boolean;
  /** That date, or the first working day after it. */
  onOrAfter(date: string): string;
  /** The `count`th working day before tomorrow: 1 is `date` itself when that is one. */
  backFrom(date: string, count: number): string;
}

// The holidays of a year are worked out once.
const known = new WeakMap<readonly Holiday[], WorkingDays>();

export function workingDays(holidays: readonly Holiday[]): WorkingDays {
  const days = known.get(holidays) ?? daysWithout(holidays);
  known.set(holidays, days);
  return days;
}

function daysWithout(holidays: readonly Holiday[]): WorkingDays {
  const years = new Map<number, ReadonlySet<string>>();
  const closedIn = (year: number): ReadonlySet<string> => {
    const known = years.get(year) ?? new Set(holidaysOf(holidays, year).map(({ date }) => date));
    years.set(year, known);
    return known;
  };
  const isWorkingDay = (date: string): boolean =>
    weekdayOf(date) % 6 !== 0 && !closedIn(Number(date.slice(0, 4))).has(date);
  const onOrAfter = (date: string): string =>
    isWorkingDay(date) ? date : onOrAfter(plusDays(date, 1));
  const backFrom = (date: string, count: number): string => {
    const left = isWorkingDay(date) ? count - 1 : count;
    return left === 0 ? date : backFrom(plusDays(date, -1), left);
  };
  return { isWorkingDay, onOrAfter, backFrom };
}

/** The days of one calendar year on which offices are closed, in order. */
export const holidaysOf = (
  holidays: readonly Holiday[],
  year: number,
): { date: string; title: string }[] =>
  // New Year's Day may be kept on the last day of the year before.
  [year, year + 1]
    .flatMap((each) => holidays.flatMap((holiday) => observed(holiday, each)))
    .filter(({ date }) => date.startsWith(`${year}-`))
    .sort((a, b) => (a.date < b.date ? -1 : 1));

function observed(holiday: Holiday, year: number): { date: string; title: string }[] {
  const { title } = holiday;
  if ('on' in holiday) return [{ title, date: offWeekend(dateOf(year, holiday.on)) }];
  if (holiday.years === 'even' && year % 2 !== 0) return [];
  const from = dateOf(year, holiday.from);
  const days = (WEEKDAYS.indexOf(holiday.first) - weekdayOf(from) + 7) % 7;
  return [{ title, date: plusDays(from, days) }];
}

/** A holiday on a Saturday is kept on the Friday before, one on a Sunday on the Monday after. */
function offWeekend(date: string): string {
  const weekday = weekdayOf(date);
  return weekday === 6 ? plusDays(date, -1) : weekday === 0 ? plusDays(date, 1) : date;
}

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const DAY = 86_400_000;

const dateOf = (year: number, { month, day }: { month: number; day: number }): string =>
  new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);

/** 0 is Sunday. */
const weekdayOf = (date: string): number => new Date(date).getUTCDay();

const plusDays = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10);
