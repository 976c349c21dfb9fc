import { possible } from '../../machines/advance.ts';
import { atOrAfter, eventsAfter } from '../../machines/reach.ts';
import type { TaskModel, YearModel } from './model.ts';
import { Remembered } from './remembered.ts';
import { statesOf, type YearState } from './state.ts';

/** What a year leaves of a task that nobody has done yet, before its dates are looked at. */
export type Prospect = 'open' | 'blocked' | 'preStart' | 'notApplicable';

/**
 * Tells the prospect of one task after another. It follows from nothing but the states of the regions,
 * the conditions and the date, and most years of a program stand alike on most days, so what was worked
 * out for one is remembered for all. The state must not change while its tasks are asked for.
 */
export function prospectsOf(
  model: YearModel,
  state: YearState,
  today: string,
): (task: TaskModel) => Prospect {
  const alike = remembered.get(model) ?? new Remembered<Known>(ALIKE);
  remembered.set(model, alike);
  const known = alike.get(standingOf(state, today), () => new Map());
  let now: ReadonlySet<string> | undefined;
  const isPossible = (type: string): boolean => {
    now ??= possibleEvents(model, state, today);
    return now.has(type);
  };
  return (task) => {
    const before = known.get(task.key);
    if (before !== undefined) return before;
    const prospect = prospectOf(model, state, task, isPossible);
    known.set(task.key, prospect);
    return prospect;
  };
}

/** False when a condition of the school excludes the task; what is unknown excludes nothing. */
export function applies(state: YearState, task: TaskModel): boolean {
  for (const fact in task.appliesWhen) {
    const known = state.conditions[fact] ?? null;
    if (known !== null && known !== task.appliesWhen[fact]) return false;
  }
  return true;
}

type Known = Map<string, Prospect>;

const remembered = new WeakMap<YearModel, Remembered<Known>>();
const ALIKE = 500;

/** Everything of a year that {@link prospectOf} looks at, as one name. */
function standingOf({ regions, began, conditions }: YearState, today: string): string {
  let name = today;
  for (const key in regions) name += `|${key}:${regions[key]!.state}`;
  for (const key in began) name += `|${key}:${began[key]}`;
  for (const key in conditions) name += `|${key}:${conditions[key]}`;
  return name;
}

function prospectOf(
  model: YearModel,
  state: YearState,
  task: TaskModel,
  isPossible: (type: string) => boolean,
): Prospect {
  if (!concerns(model, state, task)) return 'notApplicable';
  if (wasBefore(model, state, task)) return 'preStart';
  return isBlocked(model, state, task, isPossible) ? 'blocked' : 'open';
}

/**
 * False when the school's conditions, or a region that passes this school by, leave nothing to do here.
 * That its event has happened without it does not: what nobody has settled is still to be done.
 */
function concerns(model: YearModel, state: YearState, task: TaskModel): boolean {
  if (!applies(state, task)) return false;
  for (const [region] of task.opensWhen) if (passedBy(model, state, region)) return false;
  if (task.raises === null) return true;
  const region = model.event(task.raises)?.region;
  return region !== undefined && !passedBy(model, state, region.key);
}

/** Whether a region has left behind it the event that a task raises: only its doing is still of interest. */
export function hasPassed(model: YearModel, state: YearState, raises: string): boolean {
  const region = model.event(raises)?.region;
  return region !== undefined && !eventsAfter(region, stateOf(state, region.key)).includes(raises);
}

/** Whether the act of a task lies behind its region, and did so when the year was opened here. */
function wasBefore(model: YearModel, state: YearState, { raises, suffices }: TaskModel): boolean {
  if (raises === null || suffices || !hasPassed(model, state, raises)) return false;
  const region = model.event(raises)!.region;
  return !eventsAfter(region, state.began[region.key] ?? '').includes(raises);
}

/** Whether a task that concerns the school can't be taken up yet. */
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
  return (
    task.opensWhen.length === 0 &&
    task.raises !== null &&
    !isPossible(task.raises) &&
    !hasPassed(model, state, task.raises)
  );
}

/** {@link isBlocked} of one task alone. */
export const isHeldUp = (
  model: YearModel,
  state: YearState,
  today: string,
  task: TaskModel,
): boolean =>
  isBlocked(model, state, task, (type) => possibleEvents(model, state, today).has(type));

const passedBy = (model: YearModel, state: YearState, region: string): boolean =>
  model.region(region).states[stateOf(state, region)]?.doesNotApply === true;

const stateOf = (state: YearState, region: string): string => state.regions[region]?.state ?? '';

function possibleEvents(model: YearModel, state: YearState, today: string): ReadonlySet<string> {
  const circumstances = { conditions: state.conditions, today, dates: model.dates };
  const events = possible(model.machines, statesOf(state), circumstances);
  return new Set(events.map(({ type }) => type));
}
