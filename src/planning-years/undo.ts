import { advance, apply } from '../../machines/advance.ts';
import { ConflictError } from '../errors.ts';
import type { YearModel } from './model.ts';
import type { LogEntry, Opening, Transition } from './state.ts';

export interface Undone {
  /** Where every region stands once the event has not happened. */
  regions: Record<string, { state: string; since: string }>;
  /** The event itself, and what had followed from it without anybody's act. */
  undoes: LogEntry['undoes'];
}

/**
 * The year as it would stand had the last happening of `type` not happened: the log is played again
 * without it. What followed by itself falls away with it; an act of somebody's that could not have
 * been done without it stands in the way, and the undo is refused, naming it.
 * @returns null when the event has not happened, or has been undone already
 */
export function withoutEvent(
  model: YearModel,
  history: readonly LogEntry[],
  type: string,
  today: string,
): Undone | null {
  const [first] = history;
  if (!first) return null;
  const past = happenings(history);
  const target = past.findLast((step) => step.event === type);
  if (!target) return null;

  const { regions: initial, conditions } = first.data as unknown as Opening;
  const circumstances = (date: string) => ({ conditions, today: date, dates: model.dates });
  let states: Record<string, string> = { ...initial };
  const since = new Map<string, string>();
  const undoes: LogEntry['undoes'] = [{ seq: target.seq, event: type }];
  const inTheWay: Happening[] = [];
  const passTime = (date: string, on: string) => {
    const { regions, applied } = advance(model.machines, states, circumstances(date));
    states = regions;
    for (const step of applied) since.set(step.region, on);
  };

  for (const step of past) {
    passTime(step.today, step.effectiveOn);
    if (step === target || model.event(step.event)?.spec.automatic) continue;
    const outcome = apply(model.machines, states, { type: step.event }, circumstances(step.today));
    if (outcome.ok) {
      states = outcome.regions;
      since.set(step.region, step.effectiveOn);
    } else if (step.automatic) undoes.push({ seq: step.seq, event: step.event });
    else inTheWay.push(step);
  }
  if (inTheWay.length > 0) throw refused(model, type, inTheWay);
  passTime(today, today);
  return {
    regions: Object.fromEntries(
      Object.entries(states).map(([region, state]) => [
        region,
        { state, since: since.get(region) ?? first.effectiveOn },
      ]),
    ),
    undoes,
  };
}

type Happening = Transition & { seq: number; today: string; effectiveOn: string };

/** Everything that has happened and still counts, in order. */
function happenings(history: readonly LogEntry[]): Happening[] {
  const undone = new Set(
    history.flatMap((entry) => entry.undoes.map(({ seq, event }) => `${seq} ${event}`)),
  );
  return history.flatMap(({ seq, today, effectiveOn, transitions }) =>
    transitions
      .filter(({ event }) => !undone.has(`${seq} ${event}`))
      .map((transition) => ({ ...transition, seq, today, effectiveOn })),
  );
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
