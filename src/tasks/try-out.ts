import type { Context } from '../context.ts';
import type { Passage } from '../planning-years/door.ts';
import { type DryRun, tryOut } from '../planning-years/dry-run.ts';
import type { MailsOfYears } from '../planning-years/planned-mail.ts';
import { tryOutWidely } from '../planning-years/try-out-widely.ts';
import { fannedOut } from './fan-out.ts';
import { type Act, isCarried, pass } from './settle.ts';
import { taskAt } from './sight.ts';

/** What an act on a task would change, at its school and at the others that it would be carried to. */
export async function tryOutAct(ctx: Context, mailsOf: MailsOfYears, act: Act): Promise<DryRun> {
  const { planningYearId, taskKey } = await taskAt(ctx.db, act.id);
  let passage: Omit<Passage, 'entry'> | undefined;
  const here = await tryOut(ctx, mailsOf, planningYearId, async (trx) => {
    const { entry, ...passed } = await pass(ctx, trx, act);
    passage = passed;
    return entry;
  });
  const command = act.commandOf(taskKey);
  if (!passage || !isCarried(act, command)) return here;
  const { row, model } = passage;
  const requests = await fannedOut(ctx.db, model.task(taskKey), row, command, act.actor);
  if (requests.length === 0) return here;
  return { ...here, others: await tryOutWidely(ctx, mailsOf, requests) };
}
