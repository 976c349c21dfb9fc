import type { ProgramFile } from '../../calendar/shape.ts';
import type { Trx } from '../context.ts';
import { ConflictError, InvalidInputError } from '../errors.ts';
import { daysAfter } from '../programs/today.ts';
import { type Assignment, endAssignment } from './assignment-store.ts';
import { giveRole } from './give-role.ts';
import type { Named } from './person-of.ts';

/**
 * Turnover: the role goes over to a successor from a day on, until the day on which it would have
 * ended. What hangs on the role (tasks, reminders, what is seen) follows the assignment by itself.
 *
 * @throws InvalidInputError when the predecessor would have held it for no day
 * @throws ConflictError when the assignment has ended by then, or the successor holds the role already
 */
export async function handOver(
  trx: Trx,
  program: ProgramFile,
  assignment: Assignment,
  successor: Named,
  from: string,
  now: Date,
): Promise<{ predecessor: Assignment; successor: Assignment }> {
  const { role, organization, to } = assignment;
  if (from <= assignment.from)
    throw new InvalidInputError('The successor comes after the predecessor.', [
      { pointer: '/from', detail: `must be later than ${assignment.from}` },
    ]);
  if (to !== null && to < from)
    throw new ConflictError(
      'assignment-ended',
      `This assignment ends on ${to}. Give the role to the successor with a new assignment.`,
    );
  if (successor.id === assignment.person)
    throw new InvalidInputError('Nobody succeeds themselves.', [
      { pointer: '/successor', detail: 'must be somebody else' },
    ]);
  const predecessor = await endAssignment(trx, assignment, daysAfter(from, -1));
  const span = { organization, role, person: successor, from, to };
  return { predecessor, successor: await giveRole(trx, program, span, now) };
}
