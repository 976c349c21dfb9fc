import type { TaskStatus } from '../db/tables.ts';
import type { TaskModel, YearModel } from './model.ts';
import { prospectsOf } from './prospects.ts';
import type { YearState } from './state.ts';

/**
 * Where every task of a year stands on a date, by the calendar's id: the projection of the log that
 * the task list shows. `task-standing.ts` tells why one is blocked.
 */
export function taskStatuses(
  model: YearModel,
  state: YearState,
  openedOn: string,
  today: string,
): ReadonlyMap<string, TaskStatus> {
  const latest = told.get(state);
  if (latest?.model === model && latest.openedOn === openedOn && latest.today === today)
    return latest.statuses;
  const statusOf = statusTeller(model, state, openedOn, today);
  const statuses = new Map<string, TaskStatus>();
  for (const task of model.tasks) statuses.set(task.key, statusOf(task));
  told.set(state, { model, openedOn, today, statuses });
  return statuses;
}

/** A state that is read or written is never changed, and is asked for again by the next who acts on it. */
const told = new WeakMap<
  YearState,
  { model: YearModel; openedOn: string; today: string; statuses: ReadonlyMap<string, TaskStatus> }
>();

/** Tells the status of one task after another; what they share is looked up once. */
export function statusTeller(
  model: YearModel,
  state: YearState,
  openedOn: string,
  today: string,
): (task: TaskModel) => TaskStatus {
  const prospectOf = prospectsOf(model, state, today);
  return (task) => {
    if (state.done[task.key] !== undefined) return 'done';
    if (state.waived[task.key] !== undefined) return 'waived';
    const prospect = prospectOf(task);
    if (prospect === 'preStart' || prospect === 'notApplicable') return prospect;
    const dueOn = dueOnOf(state, task);
    if (dueOn !== null && dueOn < openedOn) return 'preStart';
    return takesWork(model, state, task) ? prospect : 'lapsed';
  };
}

/**
 * Whether a task can still be done: the year goes on, or has days of grace left for a deadline, or for
 * what is due within them.
 */
export function takesWork(model: YearModel, state: YearState, task: TaskModel): boolean {
  if (state.status !== 'active' || state.closed) return false;
  return !state.ended || task.kind === 'deadline' || (dueOnOf(state, task) ?? '') >= model.until;
}

/** The date that counts for this school: its own, or the calendar's. */
export const dueOnOf = (state: YearState, task: TaskModel): string | null =>
  state.extended[task.key] ?? task.dueOn;

/** The day to aim at; a date of its own leaves none, since that was before the old one. */
export const safeByOf = (state: YearState, task: TaskModel): string | null =>
  state.extended[task.key] === undefined ? task.safeBy : null;
