import { eventsAfter } from '../../machines/reach.ts';
import { isByHand } from '../../machines/region.ts';
import { wayTo } from '../../machines/way.ts';
import { ConflictError, type Fault, InvalidInputError } from '../errors.ts';
import { escapePointer } from '../http/strings.ts';
import type { Draft } from './draft.ts';
import { checkedData, type EventData } from './event-data.ts';

/**
 * Walks the forward way to an event and sends it: whoever catches up says what happened last, and what
 * must have come before it happens with it, in the regions that its guards wait for, too.
 *
 * @param data what events on the way carry, by type
 * @returns what was sent with each of them, by type
 * @throws InvalidInputError that names every step whose data is missing or wrong, ConflictError where
 * no way leads there by people's acts alone
 */
export function walkThrough(
  draft: Draft,
  type: string,
  data: Readonly<Record<string, unknown>>,
): Record<string, EventData> {
  const event = draft.model.event(type);
  const refusal = draft.refuse(type);
  if (!event || !isByHand(event.spec)) throw refusal;
  const walk = new Walk(draft, data);
  try {
    walk.send(type);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    // Nothing of the way has happened: what is possible instead follows from where the year stands.
    const { possibleEvents } = refusal.details;
    throw new ConflictError(error.code, error.message, { ...error.details, possibleEvents });
  }
  return walk.end();
}

class Walk {
  private readonly draft: Draft;
  private readonly data: Readonly<Record<string, unknown>>;
  private readonly faults: Fault[] = [];
  private readonly sent: Record<string, EventData> = {};
  /** What is being walked to: a guard that waits for one of these waits for itself. */
  private readonly goals: string[] = [];

  constructor(draft: Draft, data: Readonly<Record<string, unknown>>) {
    this.draft = draft;
    this.data = data;
  }

  send(type: string): void {
    this.goals.push(type);
    this.comeTo(type);
    this.goals.pop();
    const data = this.dataOf(type);
    this.sent[type] = data;
    this.draft.step(type, data);
    this.draft.settleDown();
  }

  /** @throws InvalidInputError when a step lacked its data, or data was sent for no step */
  end(): Record<string, EventData> {
    for (const type of Object.keys(this.data))
      if (!Object.hasOwn(this.sent, type))
        this.faults.push({
          pointer: `/data/${escapePointer(type)}`,
          detail: `is no step of the way, which are ${Object.keys(this.sent).join(', ')}`,
        });
    if (this.faults.length > 0)
      throw new InvalidInputError(
        'Some steps of the way lack what they need; see errors.',
        this.faults,
      );
    return this.sent;
  }

  /** Walks until an event is possible. Each turn takes a step of some region, so it comes to an end. */
  private comeTo(type: string): void {
    const { draft } = this;
    draft.settleDown();
    for (;;) {
      const outcome = draft.outcomeOf(type);
      if (outcome.ok) return;
      const { refusal } = outcome;
      if (refusal.kind === 'guard') this.meet(type, refusal.waitsFor);
      else if (refusal.kind === 'state') this.approach(type);
      else throw draft.refuse(type);
    }
  }

  /** Brings about what a guard waits for. */
  private meet(type: string, waitsFor: readonly string[]): void {
    const next = waitsFor.find((each) => !this.goals.includes(each) && this.isAhead(each));
    if (next === undefined) throw this.draft.refuse(type);
    this.send(next);
  }

  /** Takes the first step of the region's own way. */
  private approach(type: string): void {
    const { region } = this.draft.model.event(type)!;
    const [next] = wayTo(region, this.draft.stateOf(region.key), type) ?? [];
    if (next === undefined) throw this.draft.refuse(type);
    if (isByHand(region.events[next]!)) this.send(next);
    else this.awaitAutomatic(type, next);
  }

  /** Time or another region brings `next`, and would have: only what its guard waits for can help. */
  private awaitAutomatic(type: string, next: string): void {
    const outcome = this.draft.outcomeOf(next);
    if (outcome.ok || outcome.refusal.kind !== 'guard') throw this.draft.refuse(type);
    const { reason, rule, waitsFor } = outcome.refusal;
    if (waitsFor.length === 0)
      throw new ConflictError('event-not-possible', `"${type}" is not possible yet: ${reason}`, {
        refusedBy: { guard: rule, reason, waitsFor },
      });
    this.meet(type, waitsFor);
  }

  private isAhead(type: string): boolean {
    const region = this.draft.model.event(type)?.region;
    return (
      region !== undefined && eventsAfter(region, this.draft.stateOf(region.key)).includes(type)
    );
  }

  /** Null where it is missing or wrong: the way is walked to its end, so that all faults are told at once. */
  private dataOf(type: string): EventData {
    const { spec } = this.draft.model.event(type)!;
    try {
      return checkedData(spec, this.data[type]);
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      for (const { pointer, detail } of error.details.errors as Fault[])
        this.faults.push({ pointer: pointer.replace(/^\/data/, `/data/${type}`), detail });
      return null;
    }
  }
}
