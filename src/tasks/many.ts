import type { Actor } from '../actor.ts';
import type { Context, DbOrTrx } from '../context.ts';
import { ConflictError, ForbiddenError, NotFoundError } from '../errors.ts';
import { partId } from '../ids.ts';
import type { Evidence, Particulars } from '../planning-years/decide.ts';
import { foresee, type Passage, type Request } from '../planning-years/door.ts';
import { actingBy, can } from '../policy/can.ts';
import { fannedOut } from './fan-out.ts';
import { taskSubject } from './find.ts';

/**
 * Holds each of many tasks against the policy, as a call about one of them would.
 * @returns for each task the actor, by the role that lets them
 */
export async function requireSettleable(
  db: DbOrTrx,
  actor: Actor,
  ids: string[],
): Promise<Map<string, Actor>> {
  const acting = new Map<string, Actor>();
  const subjects = await Promise.all(ids.map((id) => taskSubject(db, id)));
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

/**
 * What completing many tasks asks of which years, those that it is carried to included. What an earlier
 * one settles with it, as one meeting settles its items, is asked for once.
 * @throws what one of the tasks would be refused for
 */
export async function actsOfMany(
  ctx: Context,
  actor: Actor,
  ids: string[],
  particulars: Particulars & { evidence: Evidence[] },
): Promise<Request[]> {
  const acting = await requireSettleable(ctx.db, actor, ids);
  const rows = await inOrder(ctx.db, ids);
  const own = rows.map(({ id, planningYearId, taskKey }) => ({
    id: planningYearId,
    command: { kind: 'complete' as const, task: taskKey, ...particulars },
    actor: acting.get(id)!,
  }));
  const here: Request[] = [];
  const elsewhere: Request[] = [];
  const settled = new Map<string, Passage>();
  for (const [at, foreseen] of (await foresee(ctx, ctx.db, own)).entries()) {
    const { id, planningYearId } = rows[at]!;
    const { command } = own[at]!;
    let passage = settled.get(id);
    if (!passage) {
      if (!foreseen.ok) throw named(foreseen.error, id);
      passage = foreseen.passage;
      here.push(own[at]!);
      for (const key of passage.entry?.settledTasks ?? [])
        settled.set(partId(planningYearId, key), passage);
    }
    const { row, model } = passage;
    elsewhere.push(...(await fannedOut(ctx.db, model.task(command.task), row, command, actor)));
  }
  return [...here, ...elsewhere];
}

/** The tasks, each once, by planning year and by the calendar within it. */
export async function inOrder(db: DbOrTrx, ids: string[]) {
  return db
    .selectFrom('tasks')
    .select(['id', 'planningYearId', 'taskKey'])
    .where('id', 'in', ids)
    .orderBy('planningYearId')
    .orderBy('position')
    .execute();
}

/** A refusal that says which of many tasks it is about. */
export function named(error: unknown, task: string): unknown {
  if (!(error instanceof ConflictError)) return error;
  return new ConflictError(error.code, error.message, { ...error.details, task });
}
