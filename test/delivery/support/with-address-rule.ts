import type { ReminderRule } from '../../../calendar/shape.ts';
import type { Programs } from '../../../src/programs/programs.ts';
import { programs as example } from '../../reminders/support/world.ts';

/** Tells of addresses to mend. */
export const rule: ReminderRule = {
  id: 'address-refused',
  when: 'addressRefused',
  to: { roles: [], kinds: ['coach'] },
  otherwise: { roles: [], kinds: ['state'] },
  delivery: 'digest',
  optional: false,
};

const [program] = example.all;
const { pack } = program!;
const withRule = {
  ...program!,
  pack: {
    ...pack,
    program: {
      ...pack.program,
      roles: [...pack.program.roles, { id: 'agency', kind: 'state' as const, title: 'Agency' }],
    },
    reminders: { ...pack.reminders, rules: [...pack.reminders.rules, rule] },
  },
};

/** The example program with an agency and the rule. */
export const programs: Programs = {
  all: [withRule],
  get: (id) => (id === withRule.id ? withRule : undefined),
};
