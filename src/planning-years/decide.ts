import type { Witness } from '../actor.ts';
import { ConflictError } from '../errors.ts';
import type { BelongsTo } from './belongs-to.ts';
import type { Correction } from './corrections.ts';
import { Draft } from './draft.ts';
import { checkEffectiveOn } from './effective-on.ts';
import type { YearModel } from './model.ts';
import { REINSTATE } from './refusals.ts';
import type { LogEntry, YearState } from './state.ts';
import { walkThrough } from './walk.ts';

/** What somebody, or time, asks of a year. */
export type Command =
  | ({ kind: 'event'; type: string; data?: unknown } & Particulars)
  | ({ kind: 'through'; type: string; data: Record<string, unknown> } & Particulars)
  | ({ kind: 'complete'; task: string; data?: unknown; evidence: Evidence[] } & Particulars)
  | ({ kind: 'reopen'; task: string; reason?: string | undefined } & Particulars)
  | ({ kind: 'correct'; correction: Correction } & Particulars)
  | ({ kind: 'note'; task: string | null; links: Evidence[]; belongsTo?: BelongsTo } & Particulars)
  | ({ kind: 'contact'; by: string } & Particulars)
  | ({ kind: 'meeting'; activity: string; who: string[] } & Particulars)
  | { kind: 'clock' };

export interface Particulars {
  /** Today or earlier; left out: today. */
  effectiveOn?: string | undefined;
  note?: string | null | undefined;
}

export interface Evidence {
  title: string;
  url: string;
}

/** A year as the door found it. */
export interface Year {
  model: YearModel;
  state: YearState;
  openedOn: string;
  /** Number of the log's last entry. */
  headSeq: number;
}

/** Who asks, and when. */
export interface Moment {
  actor: Witness;
  /** ISO instant. */
  recordedAt: string;
  /** The local date of that instant; of a date made up after a stop, that date. */
  today: string;
}

/**
 * What a command makes of a year: the entry to append to its log. Null when there is nothing to
 * write, which only the clock may bring about. Throws what the domain refuses.
 * @param history the log so far; asked for only by a command that looks back
 */
export function decide(
  year: Year,
  command: Command,
  moment: Moment,
  history: LogEntry[] = [],
): LogEntry | null {
  const draft = new Draft(year, moment);
  if (command.kind === 'clock') {
    draft.settleDown();
    return draft.hasChanged ? draft.entry('clock.advanced', moment.today) : null;
  }
  const effectiveOn = command.effectiveOn ?? moment.today;
  checkEffectiveOn(year, command.kind, effectiveOn, moment.today);
  requireNotWithdrawn(year, command);
  const note = command.note ?? null;
  switch (command.kind) {
    case 'event': {
      const data = draft.send(command.type, command.data);
      draft.settleDown();
      return draft.entry(command.type, effectiveOn, note, data);
    }
    case 'through': {
      const steps = walkThrough(draft, command.type, command.data);
      const carried = Object.entries(steps).filter(([, data]) => data !== null);
      return draft.entry(command.type, effectiveOn, note, {
        through: Object.keys(steps),
        ...(carried.length > 0 && { data: Object.fromEntries(carried) }),
      });
    }
    case 'complete': {
      const { task, evidence } = command;
      const data = draft.complete(task, command.data);
      draft.settleDown();
      const { meeting, activity } = year.model.task(task);
      const kept = {
        ...{ task, ...(evidence.length > 0 && { evidence }), ...(data && { data }) },
        ...(meeting && { meeting: activity }),
      };
      return draft.entry('task.completed', effectiveOn, note, kept);
    }
    case 'reopen': {
      const { task, reason } = command;
      draft.reopen(task, history);
      draft.settleDown();
      return draft.entry('task.reopened', effectiveOn, note, { task, ...(reason && { reason }) });
    }
    case 'correct': {
      const { type, ...data } = command.correction;
      correct(draft, command.correction, history);
      draft.settleDown();
      return draft.entry(type, effectiveOn, note, data);
    }
    case 'note': {
      const { task, links, belongsTo } = command;
      draft.settleDown();
      const entry = draft.entry('note.added', effectiveOn, note, {
        ...(task !== null && { task }),
        ...(links.length > 0 && { links }),
      });
      return belongsTo ? { ...entry, belongsTo } : entry;
    }
    case 'contact':
      draft.settleDown();
      return draft.entry('contact.made', effectiveOn, note, { by: command.by });
    case 'meeting': {
      const { activity, who } = command;
      draft.meet(activity);
      draft.settleDown();
      return draft.entry('meeting.held', effectiveOn, note, { activity, who });
    }
    default:
      return command satisfies never;
  }
}

/** Whether deciding a command takes the log, and not only the state that it tells. */
export const looksBack = (command: Command): boolean =>
  command.kind === 'reopen' || (command.kind === 'correct' && command.correction.type === 'undo');

/** A withdrawn year takes nothing but its reinstatement, and what people note of it. */
function requireNotWithdrawn({ state }: Year, command: Command): void {
  if (state.status !== 'withdrawn') return;
  // An event is refused with what is possible instead.
  if (['event', 'through', 'note', 'contact'].includes(command.kind)) return;
  if (command.kind === 'correct' && ['withdraw', 'reinstate'].includes(command.correction.type))
    return;
  throw new ConflictError(
    'year-withdrawn',
    `This planning year is withdrawn: nothing in it can be changed. ${REINSTATE}`,
    { corrections: ['reinstate'] },
  );
}

function correct(draft: Draft, correction: Correction, history: LogEntry[]): void {
  switch (correction.type) {
    case 'undo':
      draft.undo(correction.region, history);
      break;
    case 'force':
      draft.force(correction.region, correction.state);
      break;
    case 'waive':
      draft.waive(correction.task);
      break;
    case 'extend':
      draft.extend(correction.task, correction.dueOn);
      break;
    case 'correctFact':
      draft.correctFact(correction.fact, correction.value);
      break;
    case 'withdraw':
      draft.withdraw();
      break;
    case 'reinstate':
      draft.reinstate();
      break;
    default:
      correction satisfies never;
  }
}

/** The dates up to `today` on which time may have moved a year and has not been applied yet. */
export const datesPassed = (model: YearModel, state: YearState, today: string): string[] =>
  model.clockDates.filter((date) => date > state.clockAt && date <= today);

/** The next date after `today` on which time may move the year; null when none will. */
export const nextClockDate = (model: YearModel, state: YearState, today: string): string | null =>
  state.status === 'active' ? (model.clockDates.find((date) => date > today) ?? null) : null;
