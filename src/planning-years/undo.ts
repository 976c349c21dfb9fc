import { advance, apply } from '../../machines/advance.ts';
import { ConflictError } from '../errors.ts';
import type { YearModel } from './model.ts';
import type { LogEntry, Opening, Transition } from './state.ts';

/** The event of a move that was forced: no chart knows it. */
export const FORCE = 'force';

export interface Undone {
  /** What was taken back. */
  event: string;
  /** Where every region stands once the event has not happened. */
  regions: Record<string, { state: string; since: string }>;
  /** The event itself, and what had followed from it without anybody's act. */
  undoes: LogEntry['undoes'];
}

/**
 * The year as it would stand had the last happening that `is` the one not happened: the log is played
 * again without it. What followed by itself falls away with it; an act of somebody's that could not
 * have been done without it stands in the way, and the undo is refused, naming it.
 * @returns null when there is no such happening, or it has been undone already
 */
export function without(
  model: YearModel,
  history: readonly LogEntry[],
  is: (happening: Happening) => boolean,
  today: string,
): Undone | null {
  const [first] = history;
  if (!first) return null;
  const past = happenings(history);
  const target = past.findLast(is);
  if (!target) return null;

  const opening = first.data as unknown as Opening;
  const initial = opening.regions;
  let conditions = opening.conditions;
  const circumstances = (date: string) => ({ conditions, today: date, dates: model.dates });
  let states: Record<string, string> = { ...initial };
  const since = new Map<string, string>();
  const undoes: LogEntry['undoes'] = [{ seq: target.seq, event: target.event }];
  const inTheWay: Happening[] = [];
  const passTime = (date: string, on: string) => {
    const { regions, applied } = advance(model.machines, states, circumstances(date));
    states = regions;
    for (const step of applied) since.set(step.region, on);
  };

  for (const step of past) {
    conditions = step.conditions;
    passTime(step.today, step.effectiveOn);
    if (step === target || model.event(step.event)?.spec.automatic) continue;
    if (step.event === FORCE) {
      states = { ...states, [step.region]: step.to };
      since.set(step.region, step.effectiveOn);
      continue;
    }
    const outcome = apply(model.machines, states, { type: step.event }, circumstances(step.today));
    if (outcome.ok) {
      states = outcome.regions;
      since.set(step.region, step.effectiveOn);
    } else if (step.automatic) undoes.push({ seq: step.seq, event: step.event });
    else inTheWay.push(step);
  }
  if (inTheWay.length > 0) throw refused(model, target.event, inTheWay);
  conditions = conditionsAfter(history);
  passTime(today, today);
  return {
    event: target.event,
    regions: Object.fromEntries(
      Object.entries(states).map(([region, state]) => [
        region,
        { state, since: since.get(region) ?? first.effectiveOn },
      ]),
    ),
    undoes,
  };
}

export type Happening = Transition & {
  seq: number;
  today: string;
  effectiveOn: string;
  /** As they were then. */
  conditions: Record<string, boolean | null>;
};

/** The conditions after the corrections of a log. */
function conditionsAfter(history: readonly LogEntry[]): Record<string, boolean | null> {
  const opening = history[0]?.data as unknown as Opening | undefined;
  const conditions = { ...opening?.conditions };
  for (const entry of history)
    for (const [fact, [, to]] of Object.entries(entry.conditions)) conditions[fact] = to;
  return conditions;
}

/** Everything that has happened and still counts, in order. */
function happenings(history: readonly LogEntry[]): Happening[] {
  const undone = new Set(
    history.flatMap((entry) => entry.undoes.map(({ seq, event }) => `${seq} ${event}`)),
  );
  return history.flatMap(({ seq, today, effectiveOn, transitions }, index) => {
    const counting = transitions.filter(({ event }) => !undone.has(`${seq} ${event}`));
    if (counting.length === 0) return [];
    const conditions = conditionsAfter(history.slice(0, index + 1));
    return counting.map((transition) => ({ ...transition, seq, today, effectiveOn, conditions }));
  });
}

function refused(model: YearModel, type: string, later: Happening[]): ConflictError {
  const title = (event: string) => model.event(event)?.spec.title ?? event;
  return new ConflictError(
    'undo-refused',
    `"${title(type)}" cannot be taken back while later events rest on it: ${later
      .map(({ event }) => `"${title(event)}"`)
      .join(', ')}. Take those back first.`,
    { dependents: later.map(({ seq, event }) => ({ seq, event, title: title(event) })) },
  );
}
