import { possible } from '../../machines/advance.ts';
import { atOrAfter, eventsAfter } from '../../machines/reach.ts';
import type { TaskStatus } from '../db/tables.ts';
import type { TaskModel, YearModel } from './model.ts';
import { statesOf, type YearState } from './state.ts';

/**
 * Where every task of a year stands on a date, by the calendar's id: the projection of the log that
 * the task list shows. `task-standing.ts` tells why one is blocked.
 */
export function taskStatuses(
  model: YearModel,
  state: YearState,
  openedOn: string,
  today: string,
): Map<string, TaskStatus> {
  const statusOf = statusTeller(model, state, openedOn, today);
  return new Map(model.tasks.map((task) => [task.key, statusOf(task)]));
}

/** Tells the status of one task after another; what they share is looked up once. */
export function statusTeller(
  model: YearModel,
  state: YearState,
  openedOn: string,
  today: string,
): (task: TaskModel) => TaskStatus {
  let now: ReadonlySet<string> | undefined;
  const isPossible = (type: string): boolean => {
    now ??= possibleEvents(model, state, today);
    return now.has(type);
  };
  return (task) => {
    if (state.done[task.key] !== undefined) return 'done';
    if (state.waived[task.key] !== undefined) return 'waived';
    if (!concerns(model, state, task))
      return wasBefore(model, state, task) ? 'preStart' : 'notApplicable';
    if (state.status !== 'active' || state.ended) return 'lapsed';
    const dueOn = dueOnOf(state, task);
    if (dueOn !== null && dueOn < openedOn) return 'preStart';
    return isBlocked(model, state, task, isPossible) ? 'blocked' : 'open';
  };
}

/** The date that counts for this school: its own, or the calendar's. */
export const dueOnOf = (state: YearState, task: TaskModel): string | null =>
  state.extended[task.key] ?? task.dueOn;

/** False when a condition of the school excludes the task; what is unknown excludes nothing. */
export function applies(state: YearState, task: TaskModel): boolean {
  for (const fact in task.appliesWhen) {
    const known = state.conditions[fact] ?? null;
    if (known !== null && known !== task.appliesWhen[fact]) return false;
  }
  return true;
}

function isBlocked(
  model: YearModel,
  state: YearState,
  task: TaskModel,
  isPossible: (type: string) => boolean,
): boolean {
  for (const fact in task.appliesWhen) if ((state.conditions[fact] ?? null) === null) return true;
  for (const [region, from] of task.opensWhen)
    if (!atOrAfter(model.region(region), from, stateOf(state, region))) return true;
  // A task with a state of its own to open in may be done before its event's turn has come.
  return task.opensWhen.length === 0 && task.raises !== null && !isPossible(task.raises);
}

/** False when the school's conditions or the way a region went leave nothing to do here. */
function concerns(model: YearModel, state: YearState, task: TaskModel): boolean {
  if (!applies(state, task)) return false;
  for (const [region] of task.opensWhen) if (passedBy(model, state, region)) return false;
  if (task.raises === null) return true;
  const region = model.event(task.raises)?.region;
  if (!region || passedBy(model, state, region.key)) return false;
  return eventsAfter(region, stateOf(state, region.key)).includes(task.raises);
}

/** Whether the act of a task lay behind its region when the year was opened here. */
function wasBefore(model: YearModel, state: YearState, task: TaskModel): boolean {
  if (task.raises === null || !applies(state, task)) return false;
  const region = model.event(task.raises)?.region;
  if (!region || passedBy(model, state, region.key)) return false;
  return !eventsAfter(region, state.began[region.key] ?? '').includes(task.raises);
}

const passedBy = (model: YearModel, state: YearState, region: string): boolean =>
  model.region(region).states[stateOf(state, region)]?.doesNotApply === true;

const stateOf = (state: YearState, region: string): string => state.regions[region]?.state ?? '';

function possibleEvents(model: YearModel, state: YearState, today: string): ReadonlySet<string> {
  const circumstances = { conditions: state.conditions, today, dates: model.dates };
  const events = possible(model.machines, statesOf(state), circumstances);
  return new Set(events.map(({ type }) => type));
}
