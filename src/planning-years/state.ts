import type { Warning } from '../../machines/region.ts';
import type { Witness } from '../actor.ts';
import type { YearStatus } from '../db/tables.ts';
import type { BelongsTo } from './belongs-to.ts';

/**
 * What is so in a planning year, as far as the log tells it. Everything else that a reader sees
 * (task statuses, possible events, what is overdue) follows from this, the calendar and the date.
 */
export interface YearState {
  status: YearStatus;
  designation: string;
  /** `YYYY-MM-DD`, or null while the designation has not been released. */
  releasedOn: string | null;
  /** Conditions of the school, by the program's fact ids; null while nobody has said. */
  conditions: Record<string, boolean | null>;
  regions: Record<string, { state: string; since: string }>;
  /** Tasks done, by the calendar's task id, with the log entry that settled each. */
  done: Record<string, number>;
  /** Tasks waived, with the log entry that did it. */
  waived: Record<string, number>;
  /** Tasks with a due date of their own, `YYYY-MM-DD`. */
  extended: Record<string, string>;
  /** Where every region stood when the year was opened here. */
  began: Record<string, string>;
  /** The planning year is over: what was open has lapsed, but for deadlines. */
  ended: boolean;
  /** So are its days of grace: deadlines have lapsed, too. */
  closed?: true;
  /** When somebody last met or reached the school, as recorded; null: never. */
  lastContact: string | null;
  /** The date up to which time has been applied. */
  clockAt: string;
  /** Whose it is; earlier releases did not tell. */
  belongsTo?: BelongsTo;
}

/** One entry of the log: one request, or one date that time brought. Only ids of actors, no names. */
export interface LogEntry {
  seq: number;
  /**
   * `year.opened`, `clock.advanced`, `task.completed`, `task.reopened`, `note.added`, `contact.made`,
   * `meeting.held`, a correction's type, or the event's own.
   */
  type: string;
  actor: Witness;
  /** ISO instant, UTC. */
  recordedAt: string;
  /** The date on which it happened in the world. */
  effectiveOn: string;
  note: string | null;
  /** What came with it: the event's data, the task's evidence, the opening's particulars. */
  data: Record<string, unknown> | null;
  /** The region's moves in the order in which they happened, those that followed by themselves included. */
  transitions: Transition[];
  /** The net of the moves: where each region that moved stood before and stands now. */
  changes: Record<string, [from: string, to: string]>;
  /** `since` of a region that an undo has put back; others take the effective date. */
  restoredSince: Record<string, string>;
  settledTasks: string[];
  reopenedTasks: string[];
  waivedTasks: string[];
  /** New due dates, by task. */
  extended: Record<string, string>;
  /** Conditions that were corrected. */
  conditions: Record<string, [from: boolean | null, to: boolean | null]>;
  /** Entries and events that this one takes back. */
  undoes: { seq: number; event: string }[];
  status: [from: YearStatus, to: YearStatus] | null;
  /** What its author was told to look into; text alone in entries of the first charts. */
  warnings: readonly (Warning | string)[];
  /** Other roles than the actor's whose tasks it settled. */
  onBehalfOf?: string[];
  /** The planning year is over with this entry; the first release's entries do not tell. */
  ends?: boolean;
  /** So are its days of grace. */
  closes?: true;
  /** The local date on which it was recorded: what the charts saw as today. */
  today: string;
  /** Whose the planning year is from here on: in the first entry, and where it becomes another's. */
  belongsTo?: BelongsTo;
}

export interface Transition {
  event: string;
  region: string;
  from: string;
  to: string;
  /** Brought by time or by another region, not by the actor. */
  automatic: boolean;
}

/** The opening's particulars, `data` of the first entry. */
export interface Opening {
  designation: string;
  releasedOn: string | null;
  conditions: Record<string, boolean | null>;
  /** Where every region stood before anything happened here. */
  regions: Record<string, string>;
}

/** The state after `entry`. The first entry of a log takes null. */
export function evolve(state: YearState | null, entry: LogEntry): YearState {
  const before = state ?? opened(entry);
  const regions = { ...before.regions };
  for (const [region, [, to]] of Object.entries(entry.changes))
    regions[region] = { state: to, since: entry.restoredSince[region] ?? entry.effectiveOn };
  const done = { ...before.done };
  const waived = { ...before.waived };
  for (const task of entry.reopenedTasks) {
    delete done[task];
    delete waived[task];
  }
  for (const task of entry.settledTasks) done[task] = entry.seq;
  for (const task of entry.waivedTasks) waived[task] = entry.seq;
  const conditions = { ...before.conditions };
  for (const [fact, [, to]] of Object.entries(entry.conditions)) conditions[fact] = to;
  return {
    ...before,
    status: entry.status?.[1] ?? before.status,
    conditions,
    regions,
    done,
    waived,
    extended: { ...before.extended, ...entry.extended },
    // The first release's entries do not say it.
    ended: before.ended || entry.ends === true,
    ...(entry.closes && { closed: true as const }),
    lastContact: contactAfter(before.lastContact, entry),
    clockAt: entry.today > before.clockAt ? entry.today : before.clockAt,
    ...(entry.belongsTo && { belongsTo: entry.belongsTo }),
  };
}

/** Contacts can be recorded in any order: the latest counts. */
const contactAfter = (before: string | null, entry: LogEntry): string | null =>
  isContact(entry) && (before === null || entry.effectiveOn > before) ? entry.effectiveOn : before;

/** Whoever ticks an item of a meeting says that it was held. */
const isContact = ({ type, data }: LogEntry): boolean =>
  type === 'contact.made' ||
  type === 'meeting.held' ||
  (type === 'task.completed' && data?.meeting !== undefined);

/** The state that a whole log tells, or its part up to some entry. */
export function replay(entries: Iterable<LogEntry>): YearState {
  let state: YearState | null = null;
  for (const entry of entries) state = evolve(state, entry);
  if (!state) throw new Error('A log begins with the opening of its year; this one is empty.');
  return state;
}

/** Whether an entry gives its year a new version: what a coordinator's `If-Match` is held against. */
export const moved = (entry: LogEntry): boolean =>
  Object.keys(entry.changes).length > 0 ||
  Object.keys(entry.conditions).length > 0 ||
  entry.status !== null ||
  entry.ends === true ||
  entry.closes === true;

/** State names alone, by region. */
export function statesOf({ regions }: YearState): Record<string, string> {
  const states: Record<string, string> = {};
  for (const key in regions) states[key] = regions[key]!.state;
  return states;
}

function opened(entry: LogEntry): YearState {
  const { designation, releasedOn, conditions, regions } = entry.data as unknown as Opening;
  return {
    status: 'active',
    designation,
    releasedOn,
    conditions,
    regions: Object.fromEntries(
      Object.entries(regions).map(([key, state]) => [key, { state, since: entry.effectiveOn }]),
    ),
    done: {},
    waived: {},
    extended: {},
    began: regions,
    ended: false,
    lastContact: null,
    clockAt: entry.today,
  };
}
