import type { ReminderRule } from '../../calendar/shape.ts';
import { addDays, endOfMonth, monthOf } from './days.ts';
import type { DueTask } from './due.ts';

/** Which tasks some rule may speak of on a day from `from` to `to`: the few worth looking at. */
export interface Window {
  /** Due by then: within reach of a `daysBefore` rule, or of the month's overview. */
  until: string;
  /** Due since then, for the overview of the month; earlier ones only when late. */
  since: string;
  /** Kinds that are still spoken of when late, while they are open. */
  lateKinds: readonly string[];
}

export function windowOf(rules: readonly ReminderRule[], from: string, to: string): Window {
  const days = rules.flatMap((rule) => (rule.when === 'daysBefore' ? rule.days : []));
  const near = addDays(to, Math.max(0, ...days));
  const month = endOfMonth(to);
  return {
    until: near > month ? near : month,
    since: `${monthOf(from)}-01`,
    lateKinds: rules.flatMap((rule) => (rule.when === 'daysLate' ? rule.kinds : [])),
  };
}

/** The same for a task at hand as `tasksOfWindow` for those in the database. */
export const isWithin = ({ until, since, lateKinds }: Window, task: DueTask): boolean =>
  task.dueOn === null
    ? task.month >= monthOf(since) && task.month <= monthOf(until)
    : task.dueOn <= until &&
      (task.dueOn >= since || (task.status === 'open' && lateKinds.includes(task.kind)));
