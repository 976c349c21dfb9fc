import type { Actor } from '../actor.ts';
import { ForbiddenError, InvalidInputError } from '../errors.ts';
import { actingBy, can, LATELY, type Subject } from '../policy/can.ts';
import { type PolicyRow, rightOf } from '../policy/table.ts';
import { daysAfter } from '../programs/today.ts';
import type { Command } from './decide.ts';
import type { YearModel } from './model.ts';
import type { LogEntry } from './state.ts';
import type { YearRow } from './store.ts';

/**
 * Holds an act against the policy where that depends on what the act comes to: how old is what it
 * takes back, whether it waives, extends, forces or reaches far back.
 *
 * @param year as it stood before the entry
 * @param log what the entry looks back on
 * @returns whether the state is told of it
 * @throws ForbiddenError when it is for others to do, InvalidInputError when it lacks a reason
 */
export function holdToPolicy(
  actor: Actor,
  year: YearRow,
  model: YearModel,
  command: Command,
  entry: LogEntry | null,
  log: readonly LogEntry[],
): boolean {
  if (!entry || command.kind === 'clock') return false;
  const subject = subjectOf(year);
  const undone = undoneBy(actor, year, model, command, entry);
  if (undone !== null) {
    const age = hoursBetween(log.find(({ seq }) => seq === undone)!, entry);
    requireYes(actor, 'planningYears.undo', { ...subject, age }, UNDO);
  }
  if (command.kind === 'reopen') requireReason(model, command.reason, entry);
  const backdated = entry.effectiveOn < daysAfter(entry.today, -FAR_BACK);
  if (!backdated && !isIntervention(command)) return false;
  requireYes(actor, 'planningYears.intervene', subject, TOO_FAR_BACK);
  const [grant] = actingBy(actor, 'planningYears.intervene', subject).grants;
  const reported = rightOf('planningYears.intervene', grant!.kind) === 'reported';
  if (reported && backdated && !isIntervention(command) && !entry.note)
    throw new InvalidInputError('What happened so long ago needs a reason.', [
      { pointer: '/note', detail: `is needed for what is more than ${FAR_BACK} days ago` },
    ]);
  return reported;
}

/**
 * The place in the log of what an act takes back, where that takes the right to undo: whatever moved
 * a region; and of tasks that are opened again, a waiver, and a tick that is another role's.
 */
function undoneBy(
  actor: Actor,
  year: YearRow,
  model: YearModel,
  command: Command,
  { undoes: [undone] }: LogEntry,
): number | null {
  if (undone) return undone.seq;
  if (command.kind !== 'reopen') return null;
  const { done, waived } = year.state;
  const about = { ...subjectOf(year), role: model.task(command.task).role };
  const isTickOfOwn = can(actor, 'tasks.settle', about) === 'yes';
  return waived[command.task] ?? (isTickOfOwn ? null : done[command.task]!);
}

function requireReason(model: YearModel, reason: string | undefined, { undoes }: LogEntry): void {
  const [undone] = undoes;
  if (!undone || reason) return;
  throw new InvalidInputError('Taking back what the task has brought about needs a reason.', [
    {
      pointer: '/reason',
      detail: `is needed, since "${model.event(undone.event)?.spec.title}" is undone with it`,
    },
  ]);
}

const FAR_BACK = 30;
const UNDO = `Taking this back is for a coordinator within ${LATELY} hours of its recording, and then for the state. Ask them, with the reason.`;
const TOO_FAR_BACK = `What happened more than ${FAR_BACK} days ago is for a coordinator or the state to record. Ask your coordinator to record it, and say on which day it happened.`;

const isIntervention = (command: Command): boolean =>
  command.kind === 'correct' &&
  ['waive', 'extend', 'force', 'reinstate'].includes(command.correction.type);

function requireYes(actor: Actor, policy: PolicyRow, subject: Subject, otherwise: string): void {
  // The engine's own acts are nobody's to allow.
  if (actor.grants.some(({ kind }) => kind === 'system')) return;
  if (can(actor, policy, subject) !== 'yes') throw new ForbiddenError(otherwise);
}

const subjectOf = (year: YearRow): Subject => ({
  program: year.program,
  district: year.districtCode,
  ...(year.organizationKind === 'school' && { school: year.organizationCode }),
});

const hoursBetween = (earlier: LogEntry, later: LogEntry): number =>
  (Date.parse(later.recordedAt) - Date.parse(earlier.recordedAt)) / 3_600_000;
