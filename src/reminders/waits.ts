import { addDays, endOfMonth, monthOf } from './days.ts';
import type { Facts, TaskFacts, YearFacts } from './facts.ts';
import type { Known } from './matters.ts';
import { mayWait } from './obstacles.ts';

/** Who waits for whom in one planning year on one day. */
export interface Waits {
  /** What a task waits for. */
  of(task: TaskFacts): readonly Hindrance[];
  /** The tasks that can be done now and that work asked for by now waits for, with that work. */
  held: ReadonlyMap<TaskFacts, readonly TaskFacts[]>;
}

export interface Hindrance {
  /** A whole sentence. */
  reason: string;
  /** The unfinished tasks that would clear it. */
  tasks: readonly TaskFacts[];
  /** The roles that would help; none: only time does. */
  roles: readonly string[];
}

/** The last due date of what is asked for by `today`: in this month, or within two weeks. */
export const lastAskedFor = (today: string): string =>
  [endOfMonth(today), addDays(today, DAYS_NEAR)].sort().at(-1)!;

/** A deadline is near so many days before. */
export const DAYS_NEAR = 14;

/** Worked out once for all who are told of a year on a day. */
export function waitsIn(
  year: YearFacts,
  { obstaclesTo }: Pick<Facts, 'obstaclesTo'>,
  known: Known,
): Waits {
  const ofDay = remembered.get(known) ?? new Map<string, Waits>();
  remembered.set(known, ofDay);
  const before = ofDay.get(year.id);
  if (before) return before;
  const waits = waitsAmong(known.tasksIn(year.id), known.today, (task) =>
    obstaclesTo(year.id, task.taskKey, known.today),
  );
  ofDay.set(year.id, waits);
  return waits;
}

const remembered = new WeakMap<Known, Map<string, Waits>>();

function waitsAmong(
  tasks: readonly TaskFacts[],
  today: string,
  obstaclesTo: (task: TaskFacts) => ReturnType<Facts['obstaclesTo']>,
): Waits {
  const byKey = new Map(tasks.map((task) => [task.taskKey, task]));
  const hindrances = (task: TaskFacts): readonly Hindrance[] =>
    obstaclesTo(task).map(({ reason, tasks: keys, roles }) => ({
      reason,
      tasks: keys.flatMap((key) => byKey.get(key) ?? []).filter(isUnfinished),
      roles,
    }));
  // Asked for again by everybody who is told of the task.
  const found = new Map<TaskFacts, readonly Hindrance[]>();
  const of = (task: TaskFacts): readonly Hindrance[] => {
    if (!mayWait(task)) return NONE;
    const known = found.get(task) ?? hindrances(task);
    found.set(task, known);
    return known;
  };
  const held = new Map<TaskFacts, TaskFacts[]>();
  const canBeDone = (task: TaskFacts) => task.status === 'open' && obstaclesTo(task).length === 0;
  const [month, last] = [monthOf(today), lastAskedFor(today)];
  const isAskedFor = (task: TaskFacts): boolean =>
    task.dueOn === null ? task.month <= month : task.dueOn <= last;
  for (const task of tasks.filter((one) => mayWait(one) && isAskedFor(one)))
    for (const clearing of of(task).flatMap((hindrance) => hindrance.tasks))
      if (held.has(clearing) || canBeDone(clearing))
        held.set(clearing, [...(held.get(clearing) ?? []), task]);
  return { of, held };
}

/** What was due before the year was taken up here may still have to be done for others to go on. */
const isUnfinished = ({ status }: TaskFacts): boolean =>
  status === 'open' || status === 'blocked' || status === 'preStart';

const NONE: readonly Hindrance[] = [];
