import { addDays, endOfMonth, monthOf } from '../reminders/days.ts';

/** Every date from one to another, both included. */
export function datesFrom(first: string, last: string): string[] {
  const dates: string[] = [];
  for (let date = first; date <= last; date = addDays(date, 1)) dates.push(date);
  return dates;
}

/** Monday to Friday. */
export const isWorkDay = (date: string): boolean => ![0, 6].includes(weekday(date));

/** The work day that many work days after a date. */
export function workDaysAfter(date: string, days: number): string {
  let [at, left] = [date, days];
  while (left > 0) {
    at = addDays(at, 1);
    if (isWorkDay(at)) left -= 1;
  }
  return at;
}

/** Where no date is set, a local board meets on the third Tuesday of every month. */
export function boardMeetingOf(month: string): string {
  const first = `${month}-01`;
  return addDays(first, ((TUESDAY - weekday(first) + 7) % 7) + 14);
}

/** The last such meeting that is held by a date. */
export function boardMeetingBy(date: string): string {
  const inMonth = boardMeetingOf(monthOf(date));
  return inMonth <= date ? inMonth : boardMeetingOf(monthOf(addDays(`${monthOf(date)}-01`, -1)));
}

/** The first such meeting that is held on a date or later. */
export function boardMeetingFrom(date: string): string {
  const inMonth = boardMeetingOf(monthOf(date));
  return inMonth >= date ? inMonth : boardMeetingOf(monthOf(addDays(endOfMonth(date), 1)));
}

const TUESDAY = 2;
const weekday = (date: string): number => new Date(date).getUTCDay();
