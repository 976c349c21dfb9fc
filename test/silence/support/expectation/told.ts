import { plus } from './dates.ts';
import { datesOf, lastDayOf, type School } from './deadlines.ts';
import { isMailDay, mailDayAfter, mailDayBefore, mailDayFrom } from './mail-days.ts';

/** That a role is told of a deadline by the mail of a day. */
export interface Told {
  deadline: string;
  role: 'principal' | 'district' | 'coordinator' | 'isbe';
  why: 'near' | 'late' | 'escalated';
  on: string;
}

/** Two reminders of a deadline on one day are one line of one mail. */
export const lineOf = ({ deadline, role, why, on }: Told): string =>
  `${on} ${deadline} ${why} ${role}`;

/**
 * All that must be told of a school's deadlines in a year, and nothing else may be.
 * @param done on which day each was marked done: in the afternoon, after that morning's mail
 */
export function expectedOf(school: School, done: ReadonlyMap<string, string>): Told[] {
  return datesOf(school).flatMap(({ deadline: { id, role }, due, aim }) => {
    const last = [lastDayOf(school), done.get(id) ?? lastDayOf(school)].sort()[0]!;
    const all: Told[] = [
      ...DAYS_BEFORE.map((days) => told(id, role, 'near', dayBefore(aim, days))),
      ...DAYS_LATE.map((days) => told(id, role, 'late', mailDayFrom(plus(due, days)))),
      told(id, 'coordinator', 'escalated', mailDayAfter(due, TO_COORDINATOR)),
      told(id, 'isbe', 'escalated', mailDayAfter(due, TO_STATE)),
    ];
    const once = new Map(all.map((each) => [lineOf(each), each]));
    return [...once.values()].filter(({ on }) => on <= last);
  });
}

/**
 * On which of the days that matter a deadline counts as late in the morning: on the day after its
 * date, and for as long as the year still takes it.
 */
export function expectedLate(school: School, done: ReadonlyMap<string, string>): string[] {
  const last = lastDayOf(school);
  return datesOf(school).flatMap(({ deadline: { id }, due }) =>
    [due, plus(due, 1), last, plus(last, 1)]
      .filter((on) => due < on && on <= last && on <= (done.get(id) ?? last))
      .map((on) => `${on} ${id}`),
  );
}

/** "mailed at 14, 7, 3, 1 and 0 days" (issue 10), counted from the day to aim at, else from the due date. */
const DAYS_BEFORE = [14, 7, 3, 1, 0];

/** "is late on the day after", and is told so again on the third and the seventh day. */
const DAYS_LATE = [1, 3, 7];

/** "reaches the coordinator after 3 and the state after 7 working days": the third, and the seventh, after the due date. */
const TO_COORDINATOR = 3;
const TO_STATE = 7;

/**
 * "A threshold of 3 days or fewer whose day sends no mail goes on the mail day before it", since the
 * next could be too late, "a longer one on the next mail day".
 */
function dayBefore(aim: string, days: number): string {
  const day = plus(aim, -days);
  if (isMailDay(day)) return day;
  return days <= 3 ? mailDayBefore(day) : mailDayFrom(day);
}

const told = (deadline: string, role: Told['role'], why: Told['why'], on: string): Told => ({
  deadline,
  role,
  why,
  on,
});
