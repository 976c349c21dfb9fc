import type { ReminderRule } from '../../../calendar/shape.ts';
import type { Programs } from '../../../src/programs/programs.ts';
import { programs } from './world.ts';

const [example] = programs.all;
const pack = example!.pack;
const escalation: ReminderRule = {
  id: 'escalated',
  when: 'workingDaysLate',
  days: [3],
  to: { roles: [], kinds: ['coach'] },
  delivery: 'digest',
  optional: false,
};
const occasions: ReminderRule = {
  id: 'occasion',
  when: 'daysBefore',
  days: [7, 1],
  kinds: ['occasion'],
  delivery: 'digest',
  optional: false,
};

/** The example program with more rules and a holiday, for what is only recorded and never sent. */
const program = {
  ...example!,
  pack: {
    ...pack,
    holidays: [{ title: 'Day off', on: { month: 1, day: 20 } }],
    reminders: { ...pack.reminders, rules: [...pack.reminders.rules, escalation, occasions] },
  },
};

export const rowsPrograms: Programs = {
  all: [program],
  get: (id) => (id === program.id ? program : undefined),
};
