import { apply, possible } from '../../machines/advance.ts';
import { ConflictError } from '../errors.ts';
import type { TaskModel, YearModel } from './model.ts';
import { statesOf, type YearState } from './state.ts';
import type { TaskStanding } from './task-standing.ts';

/** The event cannot happen now: what is possible instead, and which guard refused. */
export function eventNotPossible(
  model: YearModel,
  state: YearState,
  today: string,
  type: string,
): ConflictError {
  const circumstances = { conditions: state.conditions, today, dates: model.dates };
  const outcome = apply(model.machines, statesOf(state), { type }, circumstances);
  const refusal = outcome.ok ? null : outcome.refusal;
  const events =
    state.status === 'active' ? possible(model.machines, statesOf(state), circumstances) : [];
  const guard = refusal?.kind === 'guard' ? refusal : null;
  return new ConflictError('event-not-possible', sentence(), {
    possibleEvents: events.map((event) => event.type),
    refusedBy: guard && { guard: guard.rule, reason: guard.reason, waitsFor: guard.waitsFor },
  });

  function sentence(): string {
    if (state.status === 'withdrawn')
      return `This planning year is withdrawn; no event is possible. ${REINSTATE}`;
    if (state.status !== 'active')
      return `This planning year is ${state.status}; no event is possible.`;
    if (guard) return `"${type}" is not possible now: ${guard.reason}`;
    if (refusal?.kind === 'unknown')
      return `There is no event "${type}" in this program; possibleEvents lists those that can happen now.`;
    const region = model.event(type)?.region;
    if (!region || outcome.ok)
      return `"${type}" is brought by time, by another region or by a corrected condition, never by hand.`;
    const now = region.states[state.regions[region.key]?.state ?? '']?.title;
    return `"${type}" is not possible now: ${region.title} stands at "${now}".`;
  }
}

export const REINSTATE = 'The correction "reinstate" takes the withdrawal back.';

/** A task that cannot be marked done: why, and whose doing would help. */
export function taskNotDoable(task: TaskModel, { status, obstacles }: TaskStanding): ConflictError {
  if (status === 'done')
    return new ConflictError('task-already-done', `"${task.title}" is already done.`, { status });
  if (status !== 'open' && obstacles.length > 0)
    return new ConflictError(
      'task-blocked',
      `"${task.title}" cannot be done yet: ${obstacles.map(({ reason }) => reason).join(' ')}`,
      { status, blockedBy: obstacles.map(({ reason, roles }) => ({ reason, roles })) },
    );
  if (status === 'preStart')
    return new ConflictError(
      'task-closed',
      `"${task.title}" cannot be done any more: the planning year is over.`,
      { status },
    );
  return new ConflictError(
    'task-closed',
    `"${task.title}" is not to be done at this school: its status is ${status}.`,
    { status },
  );
}
