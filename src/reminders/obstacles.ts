import { sql } from 'kysely';
import { advance } from '../../machines/advance.ts';
import type { DbOrTrx } from '../context.ts';
import type { TaskStatus } from '../db/tables.ts';
import type { YearModel } from '../planning-years/model.ts';
import { modelOf } from '../planning-years/models.ts';
import { Remembered } from '../planning-years/remembered.ts';
import { faultOfState } from '../planning-years/sound.ts';
import { statesOf, type YearState } from '../planning-years/state.ts';
import { type Obstacle, obstaclesTo } from '../planning-years/task-standing.ts';
import type { Programs } from '../programs/programs.ts';
import type { TaskFacts } from './facts.ts';
import { selectTasks } from './read.ts';

/**
 * What somebody's doing would clear out of the way of a task, or of the event that its doing brings
 * about, on a date; of the tasks that would help, those that nobody has settled. The years are those
 * that were read.
 */
export type ObstaclesTo = (
  planningYearId: string,
  taskKey: string,
  today: string,
) => readonly Obstacle[];

/** Looks the states of planning years up, all in one query. */
export async function readObstacles(
  programs: Programs,
  db: DbOrTrx,
  yearIds: readonly string[],
): Promise<ObstaclesTo> {
  const rows = await db
    .selectFrom('planningYears')
    .select(['id', 'program', 'year', 'calendarVersion', 'machineVersion', 'parameters', 'state'])
    .where(sql<boolean>`id = any(${yearIds}::uuid[])`)
    .execute();
  const years = new Map<string, ReturnType<typeof obstaclesIn>>();
  for (const row of rows) {
    // A reminder goes out whatever is wrong with its year, and even where its charts can't be read.
    const model = await modelOf(programs, db, row).catch(() => null);
    const state = row.state as YearState;
    if (model && faultOfState(state, model) === null) years.set(row.id, obstaclesIn(model, state));
  }
  return (planningYearId, taskKey, today) => {
    try {
      return years.get(planningYearId)?.(taskKey, today) ?? NONE;
    } catch {
      // A stored task that the calendar doesn't have: whoever uses the year is told.
      return NONE;
    }
  };
}

/** The tasks that would clear what is in the way of some, as far as they are not among these. */
export async function tasksInTheWay(
  db: DbOrTrx,
  tasks: readonly TaskFacts[],
  obstaclesTo: ObstaclesTo,
  today: string,
): Promise<TaskFacts[]> {
  const missing: Pick<TaskFacts, 'planningYearId' | 'taskKey'>[] = [];
  for (const [planningYearId, ofYear] of Map.groupBy(tasks, (task) => task.planningYearId)) {
    const wanted = ofYear
      .filter(mayWait)
      .flatMap(({ taskKey }) => obstaclesTo(planningYearId, taskKey, today))
      .flatMap((obstacle) => obstacle.tasks);
    if (wanted.length === 0) continue;
    const known = new Set(ofYear.map(({ taskKey }) => taskKey));
    for (const taskKey of new Set(wanted))
      if (!known.has(taskKey)) missing.push({ planningYearId, taskKey });
  }
  if (missing.length === 0) return [];
  return selectTasks(db)
    .where(
      sql<boolean>`(t.planning_year_id, t.task_key) in (
        select * from unnest(${missing.map(({ planningYearId }) => planningYearId)}::uuid[],
          ${missing.map(({ taskKey }) => taskKey)}::text[]))`,
    )
    .execute();
}

/** Whether something may stand in a task's way: a deadline can be met before its event's turn has come. */
export const mayWait = ({ status, kind }: { status: TaskStatus; kind: TaskFacts['kind'] }) =>
  status === 'blocked' || (status === 'open' && kind === 'deadline');

const NONE: readonly Obstacle[] = [];

/**
 * Most years of a program stand alike on most days, so what was worked out for one is remembered for
 * all; only who has done what already is a year's own. Throws for a state or a task that the year's charts or calendar lack.
 */
export function obstaclesIn(model: YearModel, state: YearState) {
  const alike = remembered.get(model) ?? new Remembered<Known>(ALIKE);
  remembered.set(model, alike);
  const standing = standingOf(state);
  const isSettled = (key: string) =>
    state.done[key] !== undefined || state.waived[key] !== undefined;
  let latest: { today: string; known: Known } | null = null;
  return (taskKey: string, today: string): readonly Obstacle[] => {
    if (latest?.today !== today) {
      const known = alike.get(`${stageOf(model, today)}${standing}`, () => new Map());
      latest = { today, known };
    }
    const { known } = latest;
    const found = known.get(taskKey) ?? somebodys(model, state, today, taskKey);
    known.set(taskKey, found);
    return found.length === 0
      ? NONE
      : found.map((obstacle) => withoutSettled(obstacle, isSettled, model));
  };
}

/** As the year will stand by that date if nobody does anything. What only time clears asks nobody. */
function somebodys(
  model: YearModel,
  state: YearState,
  today: string,
  taskKey: string,
): readonly Obstacle[] {
  const { conditions } = state;
  const circumstances = { conditions, today, dates: model.dates };
  const moved = advance(model.machines, statesOf(state), circumstances).regions;
  const regions = Object.fromEntries(
    Object.entries(moved).map(([key, at]) => [key, { state: at, since: today }]),
  );
  return obstaclesTo(model, { ...state, regions }, today, model.task(taskKey)).filter(
    ({ tasks, roles }) => tasks.length + roles.length > 0,
  );
}

type Known = Map<string, readonly Obstacle[]>;

const remembered = new WeakMap<YearModel, Remembered<Known>>();
const ALIKE = 200;

/** Time alone changes nothing between two of these dates. */
const stageOf = ({ clockDates }: YearModel, today: string): number =>
  clockDates.filter((date) => date <= today).length;

/** Everything else that obstacles follow from, as one name. */
function standingOf({ regions, conditions }: YearState): string {
  let name = '';
  for (const key in regions) name += `|${key}:${regions[key]!.state}`;
  for (const key in conditions) name += `|${key}:${conditions[key]}`;
  return name;
}

/** Of an act of several parties, whoever has done theirs is waited for no longer. */
function withoutSettled(
  obstacle: Obstacle,
  isSettled: (task: string) => boolean,
  model: YearModel,
): Obstacle {
  if (!obstacle.tasks.some(isSettled)) return obstacle;
  const tasks = obstacle.tasks.filter((key) => !isSettled(key));
  if (tasks.length === 0) return { ...obstacle, tasks };
  return { ...obstacle, tasks, roles: [...new Set(tasks.map((key) => model.task(key).role))] };
}
