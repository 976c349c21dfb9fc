import { actorWith } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import type { PlannedMail } from '../planning-years/planned-mail.ts';
import { todayOf } from '../programs/today.ts';
import { addDays } from './days.ts';
import { previewWithin } from './preview.ts';

/** The mails of the coming month that speak of these years, with the tasks that they speak of. */
export async function mailsOfYears(
  ctx: Context,
  trx: Trx,
  program: string,
  ids: readonly string[],
): Promise<PlannedMail[]> {
  const everything = { kind: 'state', role: 'preview', program, scope: { all: true } } as const;
  const looker = actorWith('preview', everything);
  const today = todayOf(ctx.programs, program, ctx.clock.now());
  const previews = await previewWithin(ctx, trx, looker, ids, [today, addDays(today, MONTH)]);
  const roles = ctx.programs.get(program)?.pack.program.roles ?? [];
  return previews.flatMap(({ person, on, model }) => {
    const items = model.organizations.flatMap(({ late, due, month }) => [
      ...late,
      ...due,
      ...month,
    ]);
    const tasks = [...new Set(items.map(({ taskId }) => taskId))].sort();
    const recipient = { id: person.id, name: person.name };
    const by = roles.filter(({ title }) => model.roles.includes(title)).map(({ id }) => id);
    return tasks.length > 0 ? [{ recipient, on, roles: by, tasks }] : [];
  });
}

const MONTH = 31;
