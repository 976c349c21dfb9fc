import { apply } from '../../machines/advance.ts';
import { atOrAfter, nextEvents } from '../../machines/reach.ts';
import type { Region, Warning } from '../../machines/region.ts';
import type { TaskStatus } from '../db/tables.ts';
import type { TaskModel, YearModel } from './model.ts';
import { hasPassed, isHeldUp } from './prospects.ts';
import { statesOf, type YearState } from './state.ts';
import { statusTeller, takesWork } from './task-status.ts';

/** Why a task can't be done yet, or why its doing brings nothing about yet, and whose doing would help. */
export interface Obstacle {
  /** A whole sentence. */
  reason: string;
  /** The tasks whose doing would clear it. */
  tasks: string[];
  /** The roles who can clear it. */
  roles: string[];
}

export interface TaskStanding {
  status: TaskStatus;
  /** What stands in its way, or in that of the event that it raises; none of one that is settled. */
  obstacles: Obstacle[];
  /** Whether it can be marked done. */
  doable: boolean;
}

export function taskStanding(
  model: YearModel,
  state: YearState,
  openedOn: string,
  today: string,
  task: TaskModel,
): TaskStanding {
  const status = statusTeller(model, state, openedOn, today)(task);
  return {
    status,
    obstacles: isUnsettled(status) ? obstaclesTo(model, state, today, task) : [],
    doable:
      isUnsettled(status) &&
      takesWork(model, state, task) &&
      // Whoever has met a deadline may say so: what its event waits for holds back the event alone.
      (task.kind === 'deadline' || !isHeldUp(model, state, today, task)),
  };
}

const isUnsettled = (status: TaskStatus): boolean =>
  status === 'open' || status === 'blocked' || status === 'preStart';

/**
 * What keeps a task from being taken up; where nothing does, what holds back the event that it raises.
 * The last holds back no task that has a state of its own to open in.
 */
export function obstaclesTo(
  model: YearModel,
  state: YearState,
  today: string,
  task: TaskModel,
): Obstacle[] {
  const unknown = Object.keys(task.appliesWhen).filter(
    (fact) => (state.conditions[fact] ?? null) === null,
  );
  const waits = [
    ...unknown.map((fact) => unknownFact(model, fact)),
    ...task.opensWhen.flatMap(([region, from]) => {
      const now = state.regions[region]?.state ?? '';
      return atOrAfter(model.region(region), from, now) ? [] : [notYet(model, region, from, now)];
    }),
  ];
  if (waits.length > 0 || task.raises === null || hasPassed(model, state, task.raises))
    return waits;
  return eventObstacle(model, state, today, task.raises);
}

/** What an event is worth looking into before it happens, as far as that follows from the year alone. */
export function warningsOf(
  model: YearModel,
  state: YearState,
  today: string,
  type: string | null,
): Warning[] {
  const spec = type === null ? undefined : model.event(type)?.spec;
  if (!spec?.warn || spec.data) return [];
  const { conditions } = state;
  return spec.warn(undefined, { regions: statesOf(state), conditions, today, dates: model.dates });
}

function unknownFact(model: YearModel, id: string): Obstacle {
  const title = model.pack.program.facts.find((fact) => fact.id === id)?.title ?? id;
  const roles = model.pack.program.roles.filter(({ kind }) => kind === 'state' || kind === 'coach');
  return {
    reason: `It is not known yet whether this applies: ${title}.`,
    tasks: [],
    roles: roles.map((role) => role.id),
  };
}

function notYet(model: YearModel, region: string, from: string, now: string): Obstacle {
  const wanted = model.region(region).states[from]?.title;
  return nextStep(model, model.region(region), now, `Opens at "${wanted}". `);
}

/** A region that has not come far enough: where it stands, and what it waits for. */
function nextStep(model: YearModel, region: Region, now: string, opening = ''): Obstacle {
  const next = nextEvents(region, now);
  const titles = next.map((type) => `"${region.events[type]?.title}"`).join(' or ');
  const stands = `${region.title} stands at "${region.states[now]?.title}"`;
  const waits = next.length > 0 ? `next comes ${titles}` : 'only time moves it on';
  return obstacle(model, `${opening}${stands}; ${waits}.`, next);
}

/** Nothing when `type` is possible now. */
function eventObstacle(
  model: YearModel,
  state: YearState,
  today: string,
  type: string,
): Obstacle[] {
  const facts = { conditions: state.conditions, today, dates: model.dates };
  const outcome = apply(model.machines, statesOf(state), { type }, facts);
  if (outcome.ok) return [];
  const { refusal } = outcome;
  if (refusal.kind === 'guard') return [obstacle(model, refusal.reason, refusal.waitsFor)];
  const event = model.event(type);
  if (!event) return [];
  return [nextStep(model, event.region, state.regions[event.region.key]?.state ?? '')];
}

function obstacle(model: YearModel, reason: string, waitsFor: readonly string[]): Obstacle {
  const tasks = waitsFor.flatMap((type) => model.raisedBy.get(type) ?? []);
  const senders = waitsFor.flatMap((type) => model.event(type)?.spec.by ?? []);
  return {
    reason,
    tasks: tasks.map((task) => task.key),
    roles: [...new Set([...tasks.map((task) => task.role), ...senders])],
  };
}
