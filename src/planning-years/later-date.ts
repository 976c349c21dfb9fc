import { ConflictError, InvalidInputError } from '../errors.ts';
import type { TaskModel, YearModel } from './model.ts';
import type { YearState } from './state.ts';
import { dueOnOf } from './task-status.ts';

/**
 * An extension puts a date off and never brings it forward, nor beyond the year's last day, after which
 * what is open lapses, of a deadline the last day of grace; a date that nobody has set may be any of these.
 * @throws ConflictError, InvalidInputError
 */
export function checkLaterDate(
  { first, until, closesOn }: YearModel,
  state: YearState,
  task: TaskModel,
  dueOn: string,
): void {
  const now = dueOnOf(state, task);
  if (dueOn === now)
    throw new ConflictError('already-so', `"${task.title}" is due on that day already.`);
  const end = task.kind === 'deadline' ? closesOn : until;
  const can = dueOn < end && (now === null ? dueOn >= first : dueOn > now);
  if (can) return;
  const after =
    now === null
      ? `must be a date from ${first} on`
      : `must be later than ${now}, on which the task is due,`;
  const detail = `${after} and before ${end}, when it lapses`;
  throw new InvalidInputError('An extension gives a task a later date.', [
    { pointer: '/data/dueOn', detail },
  ]);
}
