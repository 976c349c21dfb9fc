import type { Holiday, Pack, ReminderRule } from '../../../calendar/shape.ts';
import { addDays, aimOf } from '../../../src/reminders/days.ts';
import { type Occasions, occasionsOn } from '../../../src/reminders/occasions.ts';

const always = { delivery: 'digest' as const, optional: false };
export const near: ReminderRule = {
  ...always,
  id: 'near',
  when: 'daysBefore',
  days: [14, 7, 3, 1, 0],
  kinds: ['deadline'],
};
export const missed: ReminderRule = {
  ...always,
  id: 'missed',
  when: 'daysLate',
  days: [1, 3, 7],
  kinds: ['deadline'],
};
export const escalated: ReminderRule = {
  ...always,
  id: 'escalated',
  when: 'workingDaysLate',
  days: [3],
  to: { roles: [], kinds: ['coach'] },
};
export const month: ReminderRule = {
  ...always,
  id: 'month',
  when: 'monthBegins',
  kinds: ['deadline', 'expected'],
};
export const quarter: ReminderRule = {
  ...always,
  id: 'quarter',
  when: 'quarterEnds',
  months: [12],
  days: 7,
  tasks: ['report.submitted'],
};
export const event: ReminderRule = {
  ...always,
  id: 'returned',
  when: 'event',
  events: ['report.returned'],
  tasks: ['report.submitted'],
  delivery: 'atOnce',
};

export const unset: ReminderRule = {
  ...always,
  id: 'unset',
  when: 'datesUnset',
  months: [1, 4],
  kinds: ['deadline'],
  to: { roles: [], kinds: ['coach'] },
};

const DAY_OFF: Holiday = { title: 'Day off', on: { month: 2, day: 3 } };

/** With mail on all days, unless told otherwise: days are then what they are. */
export const packOf = (
  rules: ReminderRule[],
  mailDays: 'all' | 'working' = 'all',
  holidays: Holiday[] = [DAY_OFF],
): Pack =>
  ({
    program: {
      roles: [
        { id: 'coach-of-all', kind: 'coach' },
        { id: 'principal', kind: 'school' },
      ],
    },
    months: [
      {
        activities: [
          {
            tasks: [
              { id: 'jan-1/principal/1', raises: 'report.submitted' },
              { id: 'jan-1/principal/2' },
            ],
          },
        ],
      },
    ],
    reminders: { digestAt: '07:00', mailDays, rules },
    holidays,
  }) as unknown as Pack;

export const DUE = '2027-01-31';

interface Asked {
  due?: string;
  /** The day to aim at. */
  safeBy?: string | null;
  kind?: string;
  task?: string;
  recorded?: string[];
  rules?: ReminderRule[];
  pack?: Pack;
}

/** The keys of a deadline that is open, on a date, as far as they are not recorded yet. */
export function keys(today: string, { rules = [near, missed], ...asked }: Asked = {}): string[] {
  return keysIn(occasionsOn(asked.pack ?? packOf(rules), today), asked);
}

export function keysIn(
  { bands }: Occasions,
  { due = DUE, safeBy = null, kind = 'deadline', task = '', recorded = [] }: Asked,
): string[] {
  return bands
    .filter(
      ({ kinds, tasks }) => kinds.includes(kind as 'deadline') && (tasks?.includes(task) ?? true),
    )
    .filter(({ dueFrom }) => dueFrom <= due)
    .flatMap(({ rule, threshold, by, from, to }) => {
      const day = by === 'aim' ? aimOf({ safeBy, dueOn: due })! : due;
      return from <= day && day <= to ? [`${rule}:${threshold}:${day}`] : [];
    })
    .filter((key) => !recorded.includes(key));
}

/** What a deadline brings on each day from one to another, as long as nothing stops. */
export function told(first: string, last: string, asked: Asked): Record<string, string[]> {
  const recorded: string[] = [];
  const days: Record<string, string[]> = {};
  for (let day = first; day <= last; day = addDays(day, 1)) {
    const found = keys(day, { ...asked, recorded });
    recorded.push(...found);
    if (found.length > 0) days[day] = found;
  }
  return days;
}
