import type { Actor } from '../actor.ts';
import type { Context, DbOrTrx, Trx } from '../context.ts';
import { coveredYears } from '../jobs/covered.ts';
import { startWideAct, type WideAct } from '../jobs/wide-act.ts';
import type { Command } from '../planning-years/decide.ts';
import type { Request } from '../planning-years/door.ts';
import type { TaskModel } from '../planning-years/model.ts';
import type { YearRow } from '../planning-years/store.ts';
import { subjectOf } from '../planning-years/view.ts';
import { can } from '../policy/can.ts';

/**
 * A task of wider scope is finished once: what was done at one school is carried to the others that
 * it covers (of the district, or of the state, as far as the actor's key reaches) in the background.
 * @returns the job; undefined when it covers no other school
 */
export async function fanOut(
  ctx: Context,
  trx: Trx,
  task: TaskModel,
  year: YearRow,
  command: Command,
  actor: Actor,
): Promise<string | undefined> {
  if (task.scope === 'school') return undefined;
  const { id, total } = await startWideAct(ctx, trx, elsewhere(task, year, command), actor);
  return total > 0 ? id : undefined;
}

/** The acts that {@link fanOut} would set up. */
export async function fannedOut(
  db: DbOrTrx,
  task: TaskModel,
  year: YearRow,
  command: Command,
  actor: Actor,
): Promise<Request[]> {
  if (task.scope === 'school') return [];
  const covered = await coveredYears(db, elsewhere(task, year, command), actor);
  return covered.map(({ id }) => ({ id, command, actor }));
}

export interface StillDone {
  planningYears: number;
  /** What to do about it. */
  takeBack: string;
}

/** Where a task of wider scope stays done when it is reopened at one school, and what to do there. */
export async function stillDone(
  db: DbOrTrx,
  task: TaskModel,
  year: YearRow,
  actor: Actor,
): Promise<StillDone | undefined> {
  const done = { kind: 'complete' as const, task: task.key, evidence: [] };
  const ids = (await fannedOut(db, task, year, done, actor)).map(({ id }) => id);
  if (ids.length === 0) return undefined;
  const { planningYears } = await db
    .selectFrom('tasks')
    .select((eb) => eb.fn.countAll<number>().as('planningYears'))
    .where('planningYearId', 'in', ids)
    .where('taskKey', '=', task.key)
    .where('status', '=', 'done')
    .executeTakeFirstOrThrow();
  if (Number(planningYears) === 0) return undefined;
  return { planningYears: Number(planningYears), takeBack: howTo(task, year, actor) };
}

function howTo({ key, role, scope }: TaskModel, year: YearRow, actor: Actor): string {
  const { program, districtCode } = year;
  if (can(actor, 'planningYears.act', subjectOf(year)) !== 'yes')
    return `GET /v1/tasks?district=${districtCode}&role=${role}&status=done lists them. Reopen one of them with {"everywhere": true}, and all are reopened.`;
  const act = {
    type: 'reopen',
    data: { task: key, reason: '…' },
    ...(scope === 'district' && { district: districtCode }),
  };
  return `POST /v1/programs/${program}/years/${year.year}/events with ${JSON.stringify(act)}, first with ?dryRun=true.`;
}

function elsewhere(task: TaskModel, year: YearRow, command: Command): WideAct {
  const { program } = year;
  const { role, scope } = task;
  const district = scope === 'district' ? year.districtCode : undefined;
  return { kind: 'task', program, year: year.year, command, role, district, except: year.id };
}
