import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ReminderRule } from '../../calendar/shape.ts';
import { addDays } from '../../src/reminders/days.ts';
import { dueOccasions, monthOccasions } from '../../src/reminders/due.ts';
import { isWithin, windowOf } from '../../src/reminders/window.ts';

const kind = fc.constantFrom('deadline' as const, 'expected' as const);
const kinds = fc.uniqueArray(kind, { minLength: 1 });
const days = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 });
const rule: fc.Arbitrary<ReminderRule> = fc.oneof(
  fc.record({ id: fc.constant('near'), when: fc.constant('daysBefore' as const), days, kinds }),
  fc.record({ id: fc.constant('missed'), when: fc.constant('daysLate' as const), days, kinds }),
  fc.record({ id: fc.constant('month'), when: fc.constant('monthBegins' as const), kinds }),
);

test('no task that a rule speaks of lies outside the window of the days', () => {
  fc.assert(
    fc.property(
      fc.array(rule, { minLength: 1, maxLength: 4 }),
      kind,
      fc.constantFrom('open' as const, 'blocked' as const),
      fc.option(fc.integer({ min: -100, max: 100 })),
      fc.integer({ min: 0, max: 61 }),
      fc.nat(61),
      (rules, kind, status, due, span, offset) => {
        const from = '2027-01-17';
        const day = addDays(from, Math.min(offset, span));
        const dueOn = due === null ? null : addDays(from, due);
        const task = { id: 't', kind, status, dueOn, month: dueOn?.slice(0, 7) ?? '2027-02' };
        const spoken =
          dueOccasions(rules, task, day).length + monthOccasions(rules, [task], day).length;
        if (spoken > 0)
          expect(isWithin(windowOf(rules, from, addDays(from, span)), task)).toBe(true);
      },
    ),
    { numRuns: 2_000 },
  );
});
