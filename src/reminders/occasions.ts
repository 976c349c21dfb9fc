import { mailDays } from '../../calendar/mail-days.ts';
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
  /**
   * Tasks by the day that the rule counts from; the key is rule, threshold and that day,
   * `deadline-near:7:2027-01-29`.
   */
  bands: Band[];
  /** A month's overview, one for each year and role; the key is rule and month, `month:2027-01`. */
  months: Overview[];
  /** Tasks without a date, told once for each year and role; the key is rule and month. */
  unset: Overview[];
  /** Unfinished tasks by id; the key is rule and month. */
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
  /** The day that it counts from: the one to aim at (`aimOf`), or the due date itself. */
  by: 'aim' | 'due';
  from: string;
  to: string;
  /** Due on this date or later: what is past its due date is late, whatever day it was to aim at. */
  dueFrom: string;
  kinds: readonly TaskKind[];
  /** Calendar's ids; null: all of these kinds. */
  tasks: readonly string[] | null;
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
  const occasions: Occasions = {
    ...{ bands: [], months: [], unset: [], quarters: [], events: [], addresses: [] },
  };
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
        case 'datesUnset':
          if (rule.months.includes(Number(today.slice(5, 7))))
            occasions.unset.push({ ...told, kinds: rule.kinds, ...monthIn(today) });
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
    unset: now.unset.filter(isNew(before.unset)),
    quarters: now.quarters.filter(isNew(before.quarters)),
    // An event changes its year, and a year that has changed is looked at by itself.
    events: [],
    // So does an address its people's places.
    addresses: [],
  };
}

/** Whether some task can still have the occasion of this key. */
export function isCurrent(now: Occasions, key: string): boolean {
  const [rule, second = ''] = key.split(':');
  const same = (told: Told) => told.rule === rule;
  const { months, unset, quarters, events } = now;
  return (
    bandOf(now, key) !== undefined ||
    [...months, ...unset, ...quarters].some((each) => same(each) && each.month === second) ||
    events.some((event) => same(event) && event.since <= second)
  );
}

/** Whether the day of a current key is over, so that it is current as long as the task is not late. */
export function isPastAim(now: Occasions, key: string): boolean {
  const band = bandOf(now, key);
  return band !== undefined && dayOfBand(key) < band.dueFrom;
}

const bandOf = ({ bands }: Occasions, key: string): Band | undefined => {
  const day = dayOfBand(key);
  return bands.find(
    ({ rule, threshold, from, to }) =>
      key.startsWith(`${rule}:${threshold}:`) && from <= day && day <= to,
  );
};

const dayOfBand = (key: string): string => key.split(':')[2] ?? '';

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
  if (rule.when === 'daysBefore') {
    const { kinds } = rule;
    const tasks = rule.tasks ? namedTasks(pack.months, rule.tasks) : null;
    const reach = rising.map((threshold) => reachOf(pack, threshold, today));
    return rising.map((threshold, at) => {
      const nearer = reach.slice(0, at).sort().at(-1);
      // The nearest goes on until the due date is over, so that a stop on its day is made up for.
      const from = nearer === undefined ? EVER : addDays(nearer, 1);
      const range = { from, to: reach[at]!, dueFrom: today };
      return { threshold, by: 'aim', ...range, kinds, tasks, othersOnly: false };
    });
  }
  const kinds = rule.when === 'workingDaysLate' ? (['deadline'] as const) : rule.kinds;
  const others = { kinds, tasks: null, othersOnly: rule.when === 'workingDaysLate' };
  const dueBy = (threshold: number): string =>
    rule.when === 'daysLate'
      ? addDays(today, -threshold)
      : addDays(workingDays(pack.holidays).backFrom(today, threshold), -1);
  return rising.map((threshold, at) => {
    const later = rising[at + 1];
    const from = later === undefined ? EVER : addDays(dueBy(later), 1);
    return { threshold, by: 'due', from, to: dueBy(threshold), dueFrom: EVER, ...others };
  });
}

/**
 * The last day to aim at of which a threshold has been reached by `today`. Where its own day has no
 * mail, a threshold of few days is told on the mail day before, so that it is told in time; a longer
 * one on the next.
 */
function reachOf(pack: Pack, threshold: number, today: string): string {
  const isMailDay = mailDays(pack);
  const next = (day: string): string => (isMailDay(day) ? day : next(addDays(day, 1)));
  const latest = (day: string): string => (isMailDay(day) ? day : latest(addDays(day, -1)));
  const day = threshold <= FEW ? addDays(next(addDays(today, 1)), -1) : latest(today);
  return addDays(day, threshold);
}

/** So many days or fewer may not be told later than on their day. */
const FEW = 3;

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
