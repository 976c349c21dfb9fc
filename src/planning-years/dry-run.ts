import { z } from 'zod';
import type { Context, Trx } from '../context.ts';
import { takenBack } from '../db/taken-back.ts';
import { warnings } from '../http/schemas.ts';
import { partId } from '../ids.ts';
import { modelOf } from './models.ts';
import { type MailsOfYears, mailChanges, plannedMail } from './planned-mail.ts';
import { logEntry } from './schemas.ts';
import type { LogEntry } from './state.ts';
import { findYear } from './store.ts';
import { logView, warned } from './view.ts';
import { wideChanges } from './wide-changes.ts';

export const changedTask = z
  .strictObject({
    task: z.uuid(),
    title: z.string(),
    role: z.string(),
    from: z.string(),
    to: z.string(),
    dueOn: z.string().nullable(),
  })
  .meta({ id: 'ChangedTask' });

export const dryRunResult = z
  .strictObject({
    dryRun: z.literal(true),
    event: logEntry.describe('The entry that would be written'),
    warnings: warnings.optional(),
    tasks: z.array(changedTask),
    mails: z.strictObject({
      added: z.array(plannedMail).describe('Within a month, mails that would go out anew'),
      dropped: z.array(plannedMail).describe('Mails that would no longer go out as they are'),
    }),
    others: wideChanges
      .optional()
      .describe('The other planning years, to which the act would be carried in the background'),
  })
  .meta({ id: 'DryRun', description: 'What a request would change; nothing has been changed.' });
export type DryRun = z.infer<typeof dryRunResult>;

/** Carries an act out and takes it back: what it would change in states, tasks and mails. */
export const tryOut = (
  ctx: Context,
  mailsOf: MailsOfYears,
  id: string,
  act: (trx: Trx) => Promise<LogEntry>,
): Promise<DryRun> =>
  takenBack(ctx.db, async (trx) => {
    const before = await look(trx, id, mailsOf);
    const event = await act(trx);
    const after = await look(trx, id, mailsOf);
    const model = after.year && (await modelOf(ctx.programs, trx, after.year));
    const tasks = (model?.tasks ?? []).flatMap(({ key, title, role }) => {
      const [was, is] = [before.tasks.get(key), after.tasks.get(key)];
      if (!was || !is || (was.status === is.status && was.dueOn === is.dueOn)) return [];
      return [
        { task: partId(id, key), title, role, from: was.status, to: is.status, dueOn: is.dueOn },
      ];
    });
    const mails = mailChanges(before.mails, after.mails);
    return { dryRun: true, event: logView(id, event), ...warned(event), tasks, mails };
  });

async function look(trx: Trx, id: string, mailsOf: MailsOfYears) {
  const year = await findYear(trx, id);
  const rows = await trx
    .selectFrom('tasks')
    .select(['taskKey', 'status', 'dueOn'])
    .where('planningYearId', '=', id)
    .execute();
  const tasks = new Map(rows.map((row) => [row.taskKey, row]));
  return { year, tasks, mails: year ? await mailsOf(trx, year.program, [id]) : [] };
}
