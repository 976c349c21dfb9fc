import { type Edge, type EventSpec, edges, isByHand, type Region } from './region.ts';

/**
 * What lies where in a region's chart, guards left aside. Forward edges are those whose event does
 * not return work, nor open again what a condition had settled. Every function throws on a state that the region does not have.
 */

/** Whether some path leads from one state to the other, returns included; a state reaches itself. */
export const reachable = (region: Region, from: string, to: string): boolean =>
  placeOf(region, from).reach.has(placeOf(region, to).state);

/**
 * Whether a region that stands in `current` has come as far as `state`. A state that does not apply
 * to the school comes after nothing: a district that was not selected never submits its data.
 */
export const atOrAfter = (region: Region, state: string, current: string): boolean =>
  placeOf(region, current).state === state ||
  (placeOf(region, state).ahead.has(current) && !region.states[current]?.doesNotApply);

/** Event types that lie ahead of a state: what will be raised (again) by a region that stands there. */
export const eventsAfter = (region: Region, state: string): readonly string[] =>
  placeOf(region, state).events;

/** Events that somebody may send from a state, as far as the chart goes. */
export const nextEvents = (region: Region, state: string): readonly string[] =>
  placeOf(region, state).byRole;

/** Events that the engine itself applies to a state once their guards hold. */
export const automaticEvents = (region: Region, state: string): readonly string[] =>
  placeOf(region, state).automatic;

/** Events that the correction of a condition brings to a state once their guards hold. */
export const correctedEvents = (region: Region, state: string, fact: string): readonly string[] =>
  placeOf(region, state).corrected.filter((type) => region.events[type]?.whenCorrected === fact);

interface Place {
  state: string;
  reach: ReadonlySet<string>;
  ahead: ReadonlySet<string>;
  events: readonly string[];
  byRole: readonly string[];
  automatic: readonly string[];
  corrected: readonly string[];
}

// As with edges: a region's chart never changes while the process runs.
const surveyed = new WeakMap<Region, Map<string, Place>>();

function placeOf(region: Region, state: string): Place {
  const places = surveyed.get(region) ?? survey(region);
  surveyed.set(region, places);
  const place = places.get(state);
  if (!place)
    throw new Error(
      `Region ${region.key} has no state "${state}": it is misspelt or comes from another version of machines/.`,
    );
  return place;
}

function survey(region: Region): Map<string, Place> {
  const all = edges(region);
  const forward = all.filter(({ type }) => isForward(region.events[type]!));
  return new Map(
    Object.keys(region.states).map((state) => {
      const ahead = closure(forward, state);
      const leaving = [
        ...new Set(all.filter(({ from }) => from === state).map(({ type }) => type)),
      ];
      return [
        state,
        {
          state,
          reach: closure(all, state),
          ahead,
          events: [...new Set(forward.filter(({ from }) => ahead.has(from)).map((e) => e.type))],
          byRole: leaving.filter((type) => isByHand(region.events[type]!)),
          automatic: leaving.filter((type) => region.events[type]?.automatic),
          corrected: leaving.filter((type) => region.events[type]?.whenCorrected !== undefined),
        },
      ];
    }),
  );
}

/** Whether an event goes on with the story. */
export const isForward = ({ returns, whenCorrected }: EventSpec): boolean =>
  !returns && whenCorrected === undefined;

function closure(along: readonly Edge[], from: string): Set<string> {
  const found = new Set([from]);
  // A set hands out what is added to it while it is walked.
  for (const state of found) for (const edge of along) if (edge.from === state) found.add(edge.to);
  return found;
}
