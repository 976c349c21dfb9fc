import { namedTasks } from '../../calendar/named-tasks.ts';
import type { Pack, ReminderRule, TaskKind } from '../../calendar/shape.ts';
import { workingDays } from '../../calendar/working-days.ts';
import { addDays, endOfMonth, monthOf } from './days.ts';

/**
 * What the rules speak of on one date, as ranges that a query can compare tasks with. Dates are
 * `YYYY-MM-DD`, ranges hold both ends. A task that matches has an occasion: a key that is one of a
 * kind among those of its task, so that it is told to each person once.
 */
export interface Occasions {
  /** Open tasks by due date; the key is rule, threshold and due date, `deadline-near:7:2027-01-31`. */
  bands: Band[];
  /** A month's overview, one for each year and role; the key is rule and month, `month:2027-01`. */
  months: Overview[];
  /** Open and blocked tasks by id; the key is rule and month. */
  quarters: QuarterEnd[];
  /** Open tasks that an event has called for; the key is rule, its date and its place in the log. */
  events: Happening[];
  /** Addresses that refuse mail; the key is rule and suppression. */
  addresses: Mending[];
}

interface Told {
  rule: string;
  delivery: 'digest' | 'atOnce';
  /** Null: the task's own role. */
  role: string | null;
}

export interface Band extends Told {
  threshold: number;
  from: string;
  to: string;
  kinds: readonly TaskKind[];
  /** Left out for the task's own role. */
  othersOnly: boolean;
}

export interface Overview extends Told {
  month: string;
  from: string;
  to: string;
  kinds: readonly TaskKind[];
}

export interface QuarterEnd extends Told {
  month: string;
  /** Due within these dates. */
  from: string;
  to: string;
  tasks: readonly string[];
}

export interface Happening extends Told {
  /** Recorded on this date or later. */
  since: string;
  events: readonly string[];
  tasks: readonly string[];
}

export interface Mending extends Omit<Told, 'role'> {
  /** Roles that are in charge, and those for where nobody holds one. */
  to: readonly string[];
  otherwise: readonly string[];
}

/**
 * All that is current on `today`. Of several thresholds of a rule that a task has reached it has the
 * last one only, so what passed unnoticed while nothing ran is made up by one reminder.
 */
export function occasionsOn(pack: Pack, today: string): Occasions {
  const occasions: Occasions = { bands: [], months: [], quarters: [], events: [], addresses: [] };
  for (const rule of pack.reminders.rules) {
    if (rule.when === 'addressRefused') {
      const [to, otherwise] = [rolesNamed(pack, rule.to), rolesNamed(pack, rule.otherwise)];
      occasions.addresses.push({ rule: rule.id, delivery: rule.delivery, to, otherwise });
      continue;
    }
    for (const role of rolesOf(pack, rule)) {
      const told: Told = { rule: rule.id, delivery: rule.delivery, role };
      switch (rule.when) {
        case 'daysBefore':
        case 'daysLate':
        case 'workingDaysLate':
          occasions.bands.push(...bandsOf(pack, rule, today).map((band) => ({ ...told, ...band })));
          break;
        case 'monthBegins':
          occasions.months.push({ ...told, kinds: rule.kinds, ...monthIn(today) });
          break;
        case 'quarterEnds':
          if (isQuarterEnd(rule, today)) {
            const tasks = namedTasks(pack.months, rule.tasks);
            const { month, from, to } = monthIn(today);
            occasions.quarters.push({
              ...told,
              month,
              from,
              to: endOfMonth(addDays(to, 1)),
              tasks,
            });
          }
          break;
        case 'event': {
          const tasks = namedTasks(pack.months, rule.tasks);
          occasions.events.push({
            ...told,
            since: addDays(today, -WEEK),
            events: rule.events,
            tasks,
          });
          break;
        }
        default:
          rule satisfies never;
      }
    }
  }
  return occasions;
}

/** What is current on `today` and was not on `through`, for tasks and people that have not changed since. */
export function occasionsSince(pack: Pack, through: string, today: string): Occasions {
  const before = occasionsOn(pack, through);
  const now = occasionsOn(pack, today);
  // As days go by, bands move on and never back.
  const bands = now.bands.flatMap((band, at) => {
    const from = latest(band.from, addDays(before.bands[at]!.to, 1));
    return from <= band.to ? [{ ...band, from }] : [];
  });
  const isNew =
    <T extends { rule: string; month: string }>(was: T[]) =>
    (is: T) =>
      !was.some(({ rule, month }) => rule === is.rule && month === is.month);
  return {
    bands,
    months: now.months.filter(isNew(before.months)),
    quarters: now.quarters.filter(isNew(before.quarters)),
    // An event changes its year, and a year that has changed is looked at by itself.
    events: [],
    // So does an address its people's places.
    addresses: [],
  };
}

/** Whether some task can still have the occasion of this key. */
export function isCurrent({ bands, months, quarters, events }: Occasions, key: string): boolean {
  const [rule, second = '', third = ''] = key.split(':');
  const same = (told: Told) => told.rule === rule;
  return (
    bands.some(
      (b) => same(b) && String(b.threshold) === second && b.from <= third && third <= b.to,
    ) ||
    [...months, ...quarters].some((each) => same(each) && each.month === second) ||
    events.some((event) => same(event) && event.since <= second)
  );
}

/** For how long an event is spoken of. */
const WEEK = 6;

/** What reaches back has no beginning. */
const EVER = '0001-01-01';

type DueRule = Extract<ReminderRule, { days: number[] }>;

function rolesOf(pack: Pack, rule: ReminderRule): (string | null)[] {
  const to = 'to' in rule && rule.to;
  return to ? rolesNamed(pack, to) : [null];
}

const rolesNamed = (
  { program }: Pack,
  { roles, kinds }: Extract<ReminderRule, { when: 'addressRefused' }>['to'],
): string[] =>
  program.roles
    .filter(({ id, kind }) => roles.includes(id) || kinds.includes(kind))
    .map(({ id }) => id);

function bandsOf(pack: Pack, rule: DueRule, today: string): Omit<Band, keyof Told>[] {
  const rising = [...new Set(rule.days)].sort((a, b) => a - b);
  const kinds = rule.when === 'workingDaysLate' ? (['deadline'] as const) : rule.kinds;
  const others = { kinds, othersOnly: rule.when === 'workingDaysLate' };
  if (rule.when === 'daysBefore')
    return rising.map((threshold, at) => {
      const nearer = rising[at - 1];
      const from = nearer === undefined ? today : addDays(today, nearer + 1);
      return { threshold, from, to: addDays(today, threshold), ...others };
    });
  const dueBy = (threshold: number): string =>
    rule.when === 'daysLate'
      ? addDays(today, -threshold)
      : addDays(workingDays(pack.holidays).backFrom(today, threshold), -1);
  return rising.map((threshold, at) => {
    const later = rising[at + 1];
    const from = later === undefined ? EVER : addDays(dueBy(later), 1);
    return { threshold, from, to: dueBy(threshold), ...others };
  });
}

const monthIn = (today: string) => {
  const month = monthOf(today);
  return { month, from: `${month}-01`, to: endOfMonth(today) };
};

const isQuarterEnd = (
  { months, days }: Extract<ReminderRule, { when: 'quarterEnds' }>,
  today: string,
): boolean =>
  months.includes(Number(today.slice(5, 7))) && today >= addDays(endOfMonth(today), -days);

const latest = (a: string, b: string): string => (a > b ? a : b);
