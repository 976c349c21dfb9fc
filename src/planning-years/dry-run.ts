import { z } from 'zod';
import type { Context, DbOrTrx, Trx } from '../context.ts';
import { partId } from '../ids.ts';
import { modelOf } from './models.ts';
import { logEntry } from './schemas.ts';
import type { LogEntry } from './state.ts';
import { findYear, type YearRow } from './store.ts';
import { logView } from './view.ts';

/** A mail that somebody would get about one year: the room of reminders knows. */
export interface PlannedMail {
  recipient: { id: string; name: string };
  on: string;
  /** Ids of the tasks that it would speak of. */
  tasks: string[];
}
export type MailsOfYear = (db: DbOrTrx, year: YearRow) => Promise<PlannedMail[]>;

const plannedMail = z
  .strictObject({
    recipient: z.strictObject({ id: z.uuid(), name: z.string() }),
    on: z.string(),
    tasks: z.array(z.uuid()),
  })
  .meta({ id: 'PlannedMail' });

export const dryRunResult = z
  .strictObject({
    dryRun: z.literal(true),
    event: logEntry.describe('The entry that would be written'),
    tasks: z.array(
      z.strictObject({
        task: z.uuid(),
        title: z.string(),
        role: z.string(),
        from: z.string(),
        to: z.string(),
        dueOn: z.string().nullable(),
      }),
    ),
    mails: z.strictObject({
      added: z.array(plannedMail).describe('Within a month, mails that would go out anew'),
      dropped: z.array(plannedMail).describe('Mails that would no longer go out as they are'),
    }),
  })
  .meta({ id: 'DryRun', description: 'What a request would change; nothing has been changed.' });

/** Carries an act out and takes it back: what it would change in states, tasks and mails. */
export async function tryOut(
  ctx: Context,
  mailsOf: MailsOfYear,
  id: string,
  act: (trx: Trx) => Promise<LogEntry>,
): Promise<z.infer<typeof dryRunResult>> {
  let result: z.infer<typeof dryRunResult> | undefined;
  try {
    await ctx.db.transaction().execute(async (trx) => {
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
      result = {
        dryRun: true,
        event: logView(id, event),
        tasks,
        mails: {
          added: after.mails.filter((mail) => !has(before.mails, mail)),
          dropped: before.mails.filter((mail) => !has(after.mails, mail)),
        },
      };
      throw new TakenBack();
    });
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error;
  }
  if (!result) throw new Error('A dry run comes to a result or throws.');
  return result;
}

/** Ends the transaction of a dry run. */
class TakenBack extends Error {}

async function look(trx: Trx, id: string, mailsOf: MailsOfYear) {
  const year = await findYear(trx, id);
  const rows = await trx
    .selectFrom('tasks')
    .select(['taskKey', 'status', 'dueOn'])
    .where('planningYearId', '=', id)
    .execute();
  const tasks = new Map(rows.map((row) => [row.taskKey, row]));
  return { year, tasks, mails: year ? await mailsOf(trx, year) : [] };
}

const has = (mails: PlannedMail[], mail: PlannedMail): boolean =>
  mails.some((other) => JSON.stringify(other) === JSON.stringify(mail));
