import type { ReminderRule } from '../../calendar/shape.ts';
import type { TaskStatus } from '../db/tables.ts';
import { daysBetween, monthOf } from './days.ts';

/** What the rules look at of a task. Dates are `YYYY-MM-DD`. */
export interface DueTask {
  id: string;
  kind: 'deadline' | 'expected';
  /** Null: the year has not set it yet. */
  dueOn: string | null;
  /** `2026-11`: where the calendar expects it, whatever its date. */
  month: string;
  status: TaskStatus;
}

/** A reason to remind. Its key makes it one of a kind among those of its task (or year and role). */
export interface Occasion {
  rule: string;
  /** Rule, threshold and due date, `deadline:7:2027-01-31`; of a month, `month:2027-01`. */
  key: string;
}

/**
 * The occasions that a task has today and that are not recorded yet. Only an open task has any.
 *
 * - `daysBefore`: of the thresholds that are reached, the smallest; so thresholds that passed
 *   unnoticed, while nothing ran or the task was blocked, are made up by one reminder.
 * - `daysLate`: likewise the largest that is reached.
 *
 * A due date that moves brings new occasions.
 */
export function dueOccasions(
  rules: readonly ReminderRule[],
  task: DueTask,
  today: string,
  recorded: ReadonlySet<string> = new Set(),
): Occasion[] {
  return rules.flatMap((rule) => {
    const threshold = rule.kinds.includes(task.kind) ? thresholdOf(rule, task, today) : null;
    if (threshold === null) return [];
    const key = `${rule.id}:${threshold}:${task.dueOn}`;
    return recorded.has(key) ? [] : [{ rule: rule.id, key }];
  });
}

/**
 * The overviews of the month that are not recorded yet, for the tasks of one role in one year: one
 * for each `monthBegins` rule, as soon as the month expects anything.
 */
export function monthOccasions(
  rules: readonly ReminderRule[],
  tasks: readonly DueTask[],
  today: string,
  recorded: ReadonlySet<string> = new Set(),
): Occasion[] {
  const month = monthOf(today);
  return rules.flatMap((rule) => {
    if (rule.when !== 'monthBegins') return [];
    if (!tasks.some((task) => isExpected(rule, task, month))) return [];
    const key = `${rule.id}:${month}`;
    return recorded.has(key) ? [] : [{ rule: rule.id, key }];
  });
}

/** Whether a month's overview names the task: as open, or as waiting for others. */
export const isExpected = (rule: ReminderRule, task: DueTask, month: string): boolean =>
  rule.kinds.includes(task.kind) &&
  (task.status === 'open' || task.status === 'blocked') &&
  monthOfTask(task) === month;

/** The month that expects a task: that of its date, or the calendar's while that is not set. */
export const monthOfTask = ({ dueOn, month }: Pick<DueTask, 'dueOn' | 'month'>): string =>
  dueOn === null ? month : monthOf(dueOn);

function thresholdOf(rule: ReminderRule, { status, dueOn }: DueTask, today: string): number | null {
  if (status !== 'open' || dueOn === null) return null;
  const left = daysBetween(today, dueOn);
  switch (rule.when) {
    case 'daysBefore':
      return left < 0 ? null : least(rule.days.filter((days) => days >= left));
    case 'daysLate':
      return greatest(rule.days.filter((days) => days <= -left));
    case 'monthBegins':
      return null;
    default:
      return rule satisfies never;
  }
}

const least = (days: number[]): number | null => (days.length > 0 ? Math.min(...days) : null);
const greatest = (days: number[]): number | null => (days.length > 0 ? Math.max(...days) : null);
