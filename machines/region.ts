import type { AnyStateMachine, MachineSnapshot } from 'xstate';
import type { z } from 'zod';

/**
 * One region of a planning year: a flat statechart without context, so that a state's name is the
 * whole of what has to be kept. Nothing here reads a clock or does I/O: what a chart may look at
 * reaches it inside the event, as {@link Facts}.
 */
export interface Region {
  /** Fixed name in the API, e.g. `iqfsr`. Every event type of the region begins with it and a dot. */
  key: string;
  title: string;
  chart: AnyStateMachine;
  /** What a reader calls each state. `doesNotApply` marks the finals of a school the story passes by. */
  states: Record<string, { title: string; doesNotApply?: true }>;
  events: Record<string, EventSpec>;
}

export interface EventSpec {
  title: string;
  /** Ids of the roles whose act this is; empty when only time, another region or a corrected fact brings it. */
  by: readonly string[];
  /** Applied by the engine itself as soon as it is possible. */
  automatic?: true;
  /**
   * Brought by the correction of this condition, and by nothing else: what the condition had settled
   * is open again. It may leave a final state, against the course of the story.
   */
  whenCorrected?: string;
  /** Leads backwards (a report is returned): the work it undoes is to be done again. */
  returns?: true;
  /** Shape of `data`, when the event carries any. `required` says whether it may be left out. */
  data?: { schema: z.ZodType; example: unknown; required: boolean };
  /** Advice for the person whose act it is; the event is accepted all the same. */
  warn?: (data: unknown, facts: Facts) => Warning[];
}

/** Something to look into that keeps nothing from happening. */
export interface Warning {
  /** Stable, for programs. */
  code: string;
  /** Whole sentences. */
  detail: string;
}

/** All that a guard may look at. */
export interface Facts {
  /** State of every region, by region key. */
  regions: Readonly<Record<string, string>>;
  /** Conditions of the school: true, false, or null while nobody has said. */
  conditions: Readonly<Record<string, boolean | null>>;
  /** The date in the program's zone, `YYYY-MM-DD`. */
  today: string;
  /** Anchor dates of this planning year, `YYYY-MM-DD`, by name. */
  dates: Readonly<Record<string, string>>;
}

export interface RegionEvent {
  type: string;
  facts: Facts;
  data?: unknown;
}

/** A guard with its explanation. */
export interface Rule {
  holds: (facts: Facts) => boolean;
  /** Told to the caller whom the guard refuses: a whole sentence. */
  reason: string;
  /** Event types that would make it hold; empty when only time does. */
  waitsFor: readonly string[];
}

export interface ProgramMachines {
  program: string;
  /** Raised whenever stored states need a migration. */
  version: string;
  regions: readonly Region[];
  rules: Readonly<Record<string, Rule>>;
  /** From each earlier version to the next, oldest first. */
  upgrades?: readonly Upgrade[];
}

/** What a new version of a program's charts does to years that were written under the one before. */
export interface Upgrade {
  from: string;
  to: string;
  /**
   * The event that puts right where a region's last move has brought it, null where nothing went wrong.
   * Its chart takes it from there.
   */
  putRight(last: { region: string; event: string; to: string; automatic: boolean }): string | null;
}

/** The rules as guards for XState's `setup`: each looks at the facts that the event carries. */
export function guardsOf<Name extends string>(rules: Record<Name, Rule>) {
  return Object.fromEntries(
    Object.entries<Rule>(rules).map(([name, rule]) => [
      name,
      ({ event }: { event: RegionEvent }) => rule.holds(event.facts),
    ]),
  ) as { [K in Name]: (args: { event: RegionEvent }) => boolean };
}

/** The state a region begins in. */
export const initialState = (region: Region): string => region.chart.root.initial.target[0]!.key;

/**
 * The state that `event` leads to from `state`, or null when the chart or a guard refuses it. A flat
 * chart without context and actions asks for no more of XState than the edge that it would take:
 * twenty times as fast as `transition()`, and a test holds the two against each other.
 */
export function nextState(region: Region, state: string, event: RegionEvent): string | null {
  const [edge] = region.chart.getTransitionData(snapshotAt(region, state), event);
  return edge ? (edge.target?.[0]?.key ?? state) : null;
}

/** Whether it is somebody's act; others are brought by time, by another region or by a corrected fact. */
export const isByHand = ({ by }: EventSpec): boolean => by.length > 0;

export const isFinal = (region: Region, state: string): boolean =>
  region.chart.states[state]?.type === 'final';

/** Every edge of the chart, in document order, with the name of its guard. */
export function edges(region: Region): readonly Edge[] {
  const found = surveyed.get(region.chart) ?? survey(region.chart);
  surveyed.set(region.chart, found);
  return found;
}

export interface Edge {
  from: string;
  type: string;
  to: string;
  guard: string | null;
}

// Charts never change while the process runs, so each is taken apart once.
const surveyed = new WeakMap<AnyStateMachine, readonly Edge[]>();

const survey = (chart: AnyStateMachine): Edge[] =>
  Object.values(chart.states).flatMap((node) =>
    node.ownEvents.flatMap((type) =>
      (node.transitions.get(type) ?? []).map((edge) => ({
        from: node.key,
        type,
        to: edge.target?.[0]?.key ?? node.key,
        guard: typeof edge.guard === 'string' ? edge.guard : null,
      })),
    ),
  );

// A chart has few states and no context, so its snapshots are made once each.
const snapshots = new WeakMap<
  AnyStateMachine,
  // biome-ignore lint/suspicious/noExplicitAny: XState's snapshot type has eight parameters
  Map<string, MachineSnapshot<any, any, any, any, any, any, any, any>>
>();

function snapshotAt(region: Region, state: string) {
  const byState = snapshots.get(region.chart) ?? new Map();
  snapshots.set(region.chart, byState);
  let snapshot = byState.get(state);
  if (!snapshot) {
    if (!region.chart.states[state])
      throw new Error(
        `Region ${region.key} has no state "${state}": the stored year comes from another version of machines/ and needs a migration.`,
      );
    snapshot = region.chart.resolveState({ value: state, context: {} });
    byState.set(state, snapshot);
  }
  return snapshot;
}
