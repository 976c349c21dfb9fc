import type { Actor } from '../actor.ts';
import { ForbiddenError, InvalidInputError } from '../errors.ts';
import { actingBy, can, LATELY, type Subject } from '../policy/can.ts';
import { type PolicyRow, rightOf } from '../policy/table.ts';
import { daysAfter } from '../programs/today.ts';
import type { Command } from './decide.ts';
import type { LogEntry } from './state.ts';
import type { YearRow } from './store.ts';

/**
 * Holds an act against the policy where that depends on what the act comes to: how old is what it
 * takes back, whether it waives, extends, forces or reaches far back.
 *
 * @param log what the entry looks back on
 * @returns whether the state is told of it
 * @throws ForbiddenError when it is for others to do, InvalidInputError when it lacks a reason
 */
export function holdToPolicy(
  actor: Actor,
  year: YearRow,
  command: Command,
  entry: LogEntry | null,
  log: readonly LogEntry[],
): boolean {
  if (!entry || command.kind === 'clock') return false;
  const subject = subjectOf(year);
  const [undone] = entry.undoes;
  if (undone) {
    const age = hoursBetween(log.find(({ seq }) => seq === undone.seq)!, entry);
    const policy = command.kind === 'reopen' ? 'tasks.takeBack' : 'planningYears.undo';
    requireYes(actor, policy, { ...subject, age }, TOO_OLD);
  }
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

const FAR_BACK = 30;
const TOO_OLD = `What was recorded more than ${LATELY} hours ago is for the state to take back. Ask it, with the reason.`;
const TOO_FAR_BACK = `What happened more than ${FAR_BACK} days ago is for a coordinator or the state to record. Ask them, or leave the date out.`;

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
