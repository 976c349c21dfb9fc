import type { ReminderRule } from '../../calendar/shape.ts';
import { addDays, monthOf } from './days.ts';
import { dueOccasions, type Occasion } from './due.ts';

/** Tasks of one kind that are due on one date, and why they are reminded of today. */
export interface DueOccasion extends Occasion {
  kind: Kind;
  dueOn: string;
}

/** The tasks that a month expects, and the overview that speaks of them. */
export interface MonthOccasion extends Occasion {
  kinds: readonly Kind[];
  month: string;
}

export type Kind = 'deadline' | 'expected';

const KINDS: readonly Kind[] = ['deadline', 'expected'];

/** What open tasks with these dates have today. */
export const occasionsOn = (
  rules: readonly ReminderRule[],
  dates: readonly { kind: Kind; dueOn: string }[],
  today: string,
): DueOccasion[] =>
  dates.flatMap(({ kind, dueOn }) =>
    dueOccasions(rules, openTask(kind, dueOn), today).map((occasion) => ({
      ...occasion,
      kind,
      dueOn,
    })),
  );

/** What open tasks have today and did not have on `since` yet: only dates near the two can tell. */
export function occasionsBegun(
  rules: readonly ReminderRule[],
  since: string,
  today: string,
): DueOccasion[] {
  const reach = Math.max(0, ...rules.flatMap((rule) => ('days' in rule ? rule.days : [])));
  const dates: { kind: Kind; dueOn: string }[] = [];
  for (let on = addDays(since, -reach); on <= addDays(today, reach); on = addDays(on, 1))
    dates.push(...KINDS.map((kind) => ({ kind, dueOn: on })));
  const before = new Set(occasionsOn(rules, dates, since).map(({ key }) => key));
  return occasionsOn(rules, dates, today).filter(({ key }) => !before.has(key));
}

/** The overviews of today's month. */
export const monthsOn = (rules: readonly ReminderRule[], today: string): MonthOccasion[] =>
  rules.flatMap((rule) =>
    rule.when === 'monthBegins'
      ? [
          {
            rule: rule.id,
            key: `${rule.id}:${monthOf(today)}`,
            kinds: rule.kinds,
            month: monthOf(today),
          },
        ]
      : [],
  );

/** Those of these keys that no task can have today. */
export const passed = (
  rules: readonly ReminderRule[],
  keys: readonly string[],
  today: string,
): string[] => {
  const dates = [...new Set(keys.map((key) => key.slice(-DATE)))].flatMap((dueOn) =>
    KINDS.map((kind) => ({ kind, dueOn })),
  );
  const current = new Set([
    ...occasionsOn(rules, dates, today).map(({ key }) => key),
    ...monthsOn(rules, today).map(({ key }) => key),
  ]);
  return keys.filter((key) => !current.has(key));
};

/** A key of an open task ends in its due date. */
const DATE = '2027-01-31'.length;

const openTask = (kind: Kind, dueOn: string) => ({
  id: '',
  kind,
  dueOn,
  month: monthOf(dueOn),
  status: 'open' as const,
});
