import type { TaskModel, YearModel } from '../planning-years/model.ts';
import { type Countable, type Counted, countables } from './counts.ts';

/** One line of a summary. */
export interface Group {
  key: string;
  title: string;
  planningYears: number;
  /** By the state's name in a group of one region, else by `region.state`. */
  byState: Record<string, number>;
  tasks: { done: number; open: number; blocked: number; overdue: number };
}

/** Counts of single tasks, with the calendar that these stand in. */
export interface OfModel {
  model: YearModel;
  counts: Counted['counts'];
}

/**
 * A group for each region. Every year counts in every region, by the state in which that stands; a
 * task counts in each region whose work it is.
 */
export function byRegion(
  regions: YearModel['machines']['regions'],
  parts: OfModel[],
  today: string,
): Group[] {
  const groups = new Map(regions.map(({ key, title }) => [key, emptyGroup(key, title)]));
  for (const { model, counts } of parts)
    for (const [what, n] of countables(counts)) {
      const concerned =
        what.kind === 'years'
          ? [...groups.keys()]
          : what.kind === 'state'
            ? [what.region]
            : taskOf(model, what).regions;
      const name = what.kind === 'state' ? what.state : '';
      for (const region of concerned) count(groups.get(region), what, name, n, today);
    }
  return [...groups.values()];
}

/**
 * A group for each month of the calendar, and for any other in which a region came to its state.
 * Every year counts in every month; a state in that since which it lasts, a task in the calendar's.
 */
export function byMonth(parts: OfModel[], today: string): Group[] {
  const groups = new Map<string, Group>();
  const groupOf = (month: string) => {
    const group = groups.get(month) ?? emptyGroup(month, monthTitle(month));
    groups.set(month, group);
    return group;
  };
  let years = 0;
  for (const { model, counts } of parts) {
    for (const { month } of model.tasks) groupOf(month);
    for (const [what, n] of countables(counts)) {
      if (what.kind === 'years') years += n;
      else {
        const month = what.kind === 'state' ? what.since : taskOf(model, what).month;
        count(groupOf(month ?? ''), what, nameOf(what), n, today);
      }
    }
  }
  for (const group of groups.values()) group.planningYears = years;
  return [...groups.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** A group for each key that the rows have. */
export function byKey<Row extends Counted>(
  rows: Row[],
  keyOf: (row: Row) => string,
  titleOf: (key: string) => string,
  today: string,
): Group[] {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key) ?? emptyGroup(key, titleOf(key));
    groups.set(key, group);
    for (const [what, n] of countables(row.counts)) count(group, what, nameOf(what), n, today);
  }
  return [...groups.values()]
    .filter(({ planningYears }) => planningYears > 0)
    .sort((a, b) => a.title.localeCompare(b.title, 'en') || (a.key < b.key ? -1 : 1));
}

const emptyGroup = (key: string, title: string): Group => ({
  key,
  title,
  planningYears: 0,
  byState: {},
  tasks: { done: 0, open: 0, blocked: 0, overdue: 0 },
});

function count(
  group: Group | undefined,
  what: Countable,
  name: string,
  n: number,
  today: string,
): void {
  if (!group) return;
  if (what.kind === 'years') group.planningYears += n;
  if (what.kind === 'state') {
    const sum = (group.byState[name] ?? 0) + n;
    // What is taken off again leaves nothing behind.
    if (sum === 0) delete group.byState[name];
    else group.byState[name] = sum;
  }
  if (what.kind !== 'task') return;
  const { status, dueOn } = what;
  if (status === 'done' || status === 'open' || status === 'blocked') group.tasks[status] += n;
  if (dueOn !== null && dueOn < today) group.tasks.overdue += n;
}

const nameOf = (what: Countable): string =>
  what.kind === 'state' ? `${what.region}.${what.state}` : '';

function taskOf(model: YearModel, { task }: Countable & { kind: 'task' }): TaskModel {
  if (task === null) throw new Error('A sum over tasks tells nothing of one task.');
  return model.task(task);
}

const monthTitle = (month: string): string =>
  new Intl.DateTimeFormat('en-US', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${month}-01T00:00:00Z`),
  );
