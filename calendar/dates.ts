import { DateTime, Settings } from 'luxon';
import type { CalendarTask, MonthDay, ProgramFile } from './shape.ts';

declare module 'luxon' {
  interface TSSettings {
    throwOnInvalid: true;
  }
}
Settings.throwOnInvalid = true;

/**
 * The dates of a planning year. A date is `YYYY-MM-DD` in the program's zone and is computed from the
 * year's name, never from another date by adding months; only {@link todayIn} knows of time zones.
 */
export interface PlanningYear {
  /** `2026-27` */
  name: string;
  first: string;
  last: string;
  /** The day after `last`: the year is the dates from `first` up to, not including, `until`. */
  until: string;
  /** The day after the last day of grace: deadlines can be met up to, not including, it. */
  closesOn: string;
}

/** @throws {PlanningYearError} when `year` is not written like `2026-27` */
export function planningYear(program: ProgramFile, year: string): PlanningYear {
  const { first, last } = program.months;
  const end = lastOfMonth(program, year, last);
  return {
    name: year,
    first: dateIn(program, year, { month: first, day: 1 }),
    last: end,
    until: plusDays(end, 1),
    // A calendar that was kept by an earlier release has no days of grace.
    closesOn: plusDays(end, 1 + (program.months.graceDays ?? 0)),
  };
}

export class PlanningYearError extends Error {
  override name = 'PlanningYearError';
  constructor(year: string) {
    super(`"${year}" is not a planning year. Name it by its first school year, such as 2026-27.`);
  }
}

/** The school year in which a date lies, such as `2026-27`. */
export function schoolYearOf(program: ProgramFile, isoDate: string): string {
  const { year, month } = day(isoDate);
  const begins = month >= program.schoolYearBegins ? year : year - 1;
  return `${begins}-${twoDigits(begins + 1)}`;
}

/** The date of that month and day within the planning year: Jan 31 of 2026-27 is 2027-01-31. */
export function dateIn(program: ProgramFile, year: string, { month, day }: MonthDay): string {
  return iso(DateTime.utc(calendarYear(program, year, month), month, day));
}

/** The program's anchor dates in that year, by name. */
export function anchorDates(program: ProgramFile, year: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(program.dates).map(([name, at]) => [name, dateIn(program, year, at)]),
  );
}

/**
 * When a task of the calendar's `month` is due. Without a date of its own: on the month's last day.
 * With a year parameter: so many days from the date in `parameters`; while that is unset on the
 * month's last day where the task says so, else never (null). `safeBy` is the earlier day to aim at,
 * null where there is none: with `workingDayBefore`, a due date from Monday to Friday needs none, and
 * one on a weekend has the Friday before it.
 */
export function dueDates(
  program: ProgramFile,
  year: string,
  month: number,
  task: Pick<CalendarTask, 'due'>,
  parameters: Readonly<Record<string, string>> = {},
): { dueOn: string | null; safeBy: string | null } {
  const { due } = task;
  if (!due) return { dueOn: lastOfMonth(program, year, month), safeBy: null };
  if ('parameter' in due) {
    const date = parameters[due.parameter];
    if (date === undefined)
      return { dueOn: due.unset ? lastOfMonth(program, year, month) : null, safeBy: null };
    const dueOn = plusDays(date, due.offset ?? 0);
    return { dueOn, safeBy: due.safeBy ? plusDays(dueOn, -due.safeBy.daysBefore) : null };
  }
  const dueOn = dateIn(program, year, due.on);
  if (due.safeBy !== 'workingDayBefore')
    return { dueOn, safeBy: due.safeBy ? dateIn(program, year, due.safeBy) : null };
  const weekend = day(dueOn).weekday - 5;
  return { dueOn, safeBy: weekend > 0 ? iso(day(dueOn).minus({ days: weekend })) : null };
}

/** The date that the clocks of `zone` show at `instant`. */
export function todayIn(zone: string, instant: Date): string {
  const quarter = Math.floor(instant.getTime() / QUARTER_HOUR);
  const latest = latestDates.get(zone);
  if (latest?.quarter === quarter) return latest.date;
  const date = iso(DateTime.fromJSDate(instant, { zone }));
  latestDates.set(zone, { quarter, date });
  return date;
}

// Looking a zone's rules up is slow and asked for on every request. Offsets are whole quarters of an
// hour, so that a date that was found holds until the next quarter.
const QUARTER_HOUR = 900_000;
const latestDates = new Map<string, { quarter: number; date: string }>();

/** Whether that day exists in every year. */
export const existsEveryYear = ({ month, day }: MonthDay): boolean =>
  day <= DateTime.utc(2001, month, 1).daysInMonth;

function lastOfMonth(program: ProgramFile, year: string, month: number): string {
  const { daysInMonth } = DateTime.utc(calendarYear(program, year, month), month, 1);
  return dateIn(program, year, { month, day: daysInMonth });
}

function calendarYear(program: ProgramFile, year: string, month: number): number {
  const [, first, second] = /^(2\d{3})-(\d{2})$/.exec(year) ?? [];
  if (!first || second !== twoDigits(Number(first) + 1)) throw new PlanningYearError(year);
  return month >= program.months.first ? Number(first) : Number(first) + 1;
}

const twoDigits = (year: number) => String(year % 100).padStart(2, '0');
const plusDays = (isoDate: string, days: number): string => iso(day(isoDate).plus({ days }));
const day = (isoDate: string) => DateTime.fromISO(isoDate, { zone: 'utc' });
const iso = (date: DateTime) => date.toISODate();
