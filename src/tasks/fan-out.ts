import type { Actor } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import { startWideAct } from '../jobs/wide-act.ts';
import type { Command } from '../planning-years/decide.ts';
import type { TaskModel } from '../planning-years/model.ts';
import type { YearRow } from '../planning-years/store.ts';

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
  const district = task.scope === 'district' ? year.districtCode : undefined;
  const { program } = year;
  const { role } = task;
  const act = { kind: 'task', program, year: year.year, command, role, district, except: year.id };
  const { id, total } = await startWideAct(ctx, trx, act, actor);
  return total > 0 ? id : undefined;
}
