import { dateOf, isWeekend, plus, weekdayOf } from './dates.ts';

/** What of a school decides on its year, and the dates that are set for it. */
export interface School {
  /** The calendar year in which its planning year begins: 2026 for 2026-27. */
  begins: number;
  /** Of Chicago Public Schools. */
  cps: boolean;
  /** Whether the designation says that its district is selected for the resource allocation review. */
  review: boolean | null;
  /** Dates that somebody sets anew each year; null while nobody has. */
  planningGrantDue: string | null;
  boardMeetingSip: string | null;
  boardMeetingPartner: string | null;
}

export interface Deadline {
  id: string;
  role: 'principal' | 'district';
  scope: 'school' | 'district';
  /** Null: it has no date, so that nothing is due. */
  due: (school: School) => string | null;
  /** The day to aim at, where there is one: days before count from it. */
  safe?: (due: string) => string;
  concerns?: (school: School) => boolean;
}

/** The eleven deadlines of a planning year, and where each number comes from. */
export const deadlines: readonly Deadline[] = [
  // "Submit application to ISBE" by a date that ISBE sets each year; it names no earlier day.
  {
    ...{ id: 'dec-4/district/1', role: 'district', scope: 'district' },
    due: ({ planningGrantDue }) => planningGrantDue,
  },
  // "The IQFSR is due Jan. 31." Nobody is there on a weekend, so the Friday before is the day to
  // aim at. "CPS schools completed Foundations ... and will not complete the IQFSR."
  {
    ...{ id: 'jan-1/principal/2', role: 'principal', scope: 'school' },
    due: inSpring(1, 31),
    safe: fridayBefore,
    concerns: ({ cps }) => !cps,
  },
  // A quarter's expenditure is reported by the 20th of the month after it; ISBE takes reports until
  // 11:59 p.m. on the 19th.
  qer('jan-2/district/submit', 1),
  qer('apr-2/district/1', 4),
  qer('jun-4/district/1', 7),
  // The report's period ends on June 30, and that day is taken for its date.
  {
    ...{ id: 'jun-3/principal/1', role: 'principal', scope: 'school' },
    due: inSpring(6, 30),
  },
  // The implementation grant goes to ISBE "in June": by its last day.
  {
    ...{ id: 'jun-3/district/submit', role: 'district', scope: 'district' },
    due: inSpring(6, 30),
  },
  // The plan comes before the board at its meeting. An agenda is posted 48 hours ahead (5 ILCS
  // 120/2.02), so two days before is the day to aim at.
  {
    ...{ id: 'jul-1/district/board', role: 'district', scope: 'school' },
    due: ({ boardMeetingSip }) => boardMeetingSip,
    safe: (due) => plus(due, -2),
  },
  // The vote is taken at the same meeting, and there is nothing to aim at before it.
  {
    ...{ id: 'jul-1/district/vote', role: 'district', scope: 'school' },
    due: ({ boardMeetingSip }) => boardMeetingSip,
  },
  // The final application is July's, so by its last day, with which the planning year ends.
  {
    ...{ id: 'jul-2/district/1', role: 'district', scope: 'district' },
    due: inSpring(7, 31),
  },
  // The contracts are voted on at a meeting of their own.
  {
    ...{ id: 'jul-3/district/approve', role: 'district', scope: 'district' },
    due: ({ boardMeetingPartner }) => boardMeetingPartner,
  },
];

/** The dated deadlines of a school, with the day that days before count from. */
export function datesOf(school: School): { deadline: Deadline; due: string; aim: string }[] {
  return deadlines.flatMap((deadline) => {
    const due = deadline.due(school);
    if (due === null || deadline.concerns?.(school) === false) return [];
    return [{ deadline, due, aim: deadline.safe?.(due) ?? due }];
  });
}

/**
 * The last day on which a deadline speaks: the year ends on July 31, and boards that meet in August
 * and September are waited for, sixty days.
 */
export const lastDayOf = ({ begins }: School): string => plus(dateOf(begins + 1, 7, 31), 60);

function qer(id: string, month: number): Deadline {
  const due = inSpring(month, 20);
  return { id, role: 'district', scope: 'district', due, safe: (day) => plus(day, -1) };
}

/** January to July lie in the second of a planning year's calendar years. */
function inSpring(month: number, day: number): Deadline['due'] {
  return ({ begins }) => dateOf(begins + 1, month, day);
}

function fridayBefore(due: string): string {
  return isWeekend(due) ? plus(due, weekdayOf(due) === 6 ? -1 : -2) : due;
}
