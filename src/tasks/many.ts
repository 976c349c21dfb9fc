import type { Actor } from '../actor.ts';
import type { Trx } from '../context.ts';
import { ConflictError, ForbiddenError, NotFoundError } from '../errors.ts';
import { actingBy, can } from '../policy/can.ts';
import { taskSubject } from './find.ts';

/**
 * Holds each of many tasks against the policy, as a call about one of them would.
 * @returns for each task the actor, by the role that lets them
 */
export async function requireSettleable(
  trx: Trx,
  actor: Actor,
  ids: string[],
): Promise<Map<string, Actor>> {
  const acting = new Map<string, Actor>();
  const subjects = await Promise.all(ids.map((id) => taskSubject(trx, id)));
  for (const [at, id] of ids.entries()) {
    const subject = subjects[at] ?? null;
    const answer = subject ? can(actor, 'tasks.settle', subject) : 'outOfScope';
    if (answer === 'outOfScope') throw new NotFoundError(`There is no task ${id}.`, { task: id });
    if (answer === 'no')
      throw new ForbiddenError(`Task ${id} is not for your role to do.`, { task: id });
    acting.set(id, actingBy(actor, 'tasks.settle', subject));
  }
  return acting;
}

/** The tasks, each once, by planning year and by the calendar within it. */
export async function inOrder(trx: Trx, ids: string[]): Promise<string[]> {
  const rows = await trx
    .selectFrom('tasks')
    .select('id')
    .where('id', 'in', ids)
    .orderBy('planningYearId')
    .orderBy('position')
    .execute();
  return rows.map(({ id }) => id);
}

/** A refusal that says which of many tasks it is about. */
export function named(error: unknown, task: string): unknown {
  if (!(error instanceof ConflictError)) return error;
  return new ConflictError(error.code, error.message, { ...error.details, task });
}
