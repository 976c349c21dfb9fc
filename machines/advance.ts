import { automaticEvents, correctedEvents, nextEvents } from './reach.ts';
import {
  type EventSpec,
  edges,
  type Facts,
  initialState,
  isFinal,
  nextState,
  type ProgramMachines,
  type Region,
  type Rule,
} from './region.ts';

/** State of every region, by region key. */
export type Regions = Readonly<Record<string, string>>;

/** What a guard looks at beside the regions themselves. */
export type Circumstances = Omit<Facts, 'regions'>;

/** One step of one region. */
export interface Transition {
  type: string;
  region: string;
  from: string;
  to: string;
}

/**
 * Applies what time or another region's change brings, in the order of the regions, until nothing
 * more is possible. Automatic edges form no cycle, so a region takes fewer such steps than it has
 * states; a program that breaks this is refused rather than run forever.
 */
export function advance(
  machines: ProgramMachines,
  regions: Regions,
  facts: Circumstances,
): { regions: Record<string, string>; applied: Transition[] } {
  const now = { ...regions };
  const applied: Transition[] = [];
  // The guards of each step see the steps before it: they look at `now` itself.
  const seen = { ...facts, regions: now };
  for (let before = -1; before < applied.length; ) {
    before = applied.length;
    for (const region of machines.regions) {
      const step = automaticStep(region, seen);
      if (!step) continue;
      now[region.key] = step.to;
      applied.push(step);
      if (applied.length > statesIn(machines))
        throw new Error(`${machines.program}: automatic events go round in a circle.`);
    }
  }
  return { regions: now, applied };
}

/**
 * Applies what the correction of one condition brings: regions that it had settled are open again,
 * unless they would come back at once. `facts` hold the condition as it is now. The caller applies
 * {@link advance} after it.
 */
export function correct(
  machines: ProgramMachines,
  regions: Regions,
  facts: Circumstances,
  fact: string,
): { regions: Record<string, string>; applied: Transition[] } {
  const seen = { ...facts, regions };
  const steps = machines.regions.flatMap((region) => {
    const types = correctedEvents(region, stateOf(region, regions), fact);
    return firstStep(region, types, seen) ?? [];
  });
  const after = advance(machines, taken(regions, steps), facts).regions;
  const applied = steps.filter(({ region, from }) => after[region] !== from);
  return { regions: taken(regions, applied), applied };
}

const taken = (regions: Regions, steps: readonly Transition[]): Record<string, string> => ({
  ...regions,
  ...Object.fromEntries(steps.map(({ region, to }) => [region, to])),
});

/**
 * Why an event is refused: no region has it; its region's state has no such edge; or the edge is
 * there and its guard does not hold.
 */
export type Refusal = { type: string } & (
  | { kind: 'unknown' }
  | { kind: 'state'; region: string; state: string }
  | ({ kind: 'guard'; region: string; state: string; rule: string } & Omit<Rule, 'holds'>)
);

/**
 * Applies one event to the one region that it belongs to; `regions` itself is left as it was. The
 * caller has checked `data` against the event's schema, and applies {@link advance} before and after.
 */
export function apply(
  machines: ProgramMachines,
  regions: Regions,
  event: { type: string; data?: unknown },
  facts: Circumstances,
):
  | { ok: true; regions: Record<string, string>; transition: Transition }
  | { ok: false; refusal: Refusal } {
  const { type } = event;
  const region = regionOf(machines, type);
  if (!region) return { ok: false, refusal: { kind: 'unknown', type } };
  const from = stateOf(region, regions);
  const to = nextState(region, from, { ...event, facts: { ...facts, regions } });
  if (to === null) return { ok: false, refusal: refusalOf(machines, region, from, type) };
  const transition = { type, region: region.key, from, to };
  return { ok: true, regions: { ...regions, [region.key]: to }, transition };
}

/** The events that somebody may send now, in the order of the regions, with the step each makes. */
export function possible(
  machines: ProgramMachines,
  regions: Regions,
  facts: Circumstances,
): (Transition & { spec: EventSpec })[] {
  const seen = { ...facts, regions };
  return machines.regions.flatMap((region) => {
    const from = stateOf(region, regions);
    return nextEvents(region, from).flatMap((type) => {
      const to = nextState(region, from, { type, facts: seen });
      return to === null
        ? []
        : [{ type, region: region.key, from, to, spec: region.events[type]! }];
    });
  });
}

/** The region that an event type belongs to; undefined for a type that the program does not have. */
export function regionOf(machines: ProgramMachines, type: string): Region | undefined {
  const key = type.slice(0, type.indexOf('.'));
  const region = machines.regions.find((region) => region.key === key);
  return region && Object.hasOwn(region.events, type) ? region : undefined;
}

/** The regions of a year that has just been opened, before {@link advance}. */
export const initialRegions = (machines: ProgramMachines): Record<string, string> =>
  Object.fromEntries(machines.regions.map((region) => [region.key, initialState(region)]));

/** Whether every region needs nothing more. */
export const isDone = (machines: ProgramMachines, regions: Regions): boolean =>
  machines.regions.every((region) => isFinal(region, stateOf(region, regions)));

const automaticStep = (region: Region, facts: Facts): Transition | null =>
  firstStep(region, automaticEvents(region, stateOf(region, facts.regions)), facts);

/** The step of the first of these events that is possible. */
function firstStep(region: Region, types: readonly string[], facts: Facts): Transition | null {
  const from = stateOf(region, facts.regions);
  for (const type of types) {
    const to = nextState(region, from, { type, facts });
    if (to !== null) return { type, region: region.key, from, to };
  }
  return null;
}

const statesIn = (machines: ProgramMachines): number =>
  machines.regions.reduce((sum, { states }) => sum + Object.keys(states).length, 0);

function refusalOf(
  machines: ProgramMachines,
  region: Region,
  state: string,
  type: string,
): Refusal {
  const edge = edges(region).find((edge) => edge.from === state && edge.type === type);
  const rule = edge?.guard ? machines.rules[edge.guard] : undefined;
  if (!edge?.guard || !rule) return { kind: 'state', type, region: region.key, state };
  const { reason, waitsFor } = rule;
  return { kind: 'guard', type, region: region.key, state, rule: edge.guard, reason, waitsFor };
}

function stateOf(region: Region, regions: Regions): string {
  const state = regions[region.key];
  if (state === undefined)
    throw new Error(
      `The stored year has no region ${region.key}: it comes from another version of machines/ and needs a migration.`,
    );
  return state;
}
