import type { z } from 'zod';
import type { DbOrTrx } from '../context.ts';
import { InvalidInputError } from '../errors.ts';
import { faultsOf, readBy } from '../http/validate.ts';
import { type Correction, corrections, isCorrection } from './corrections.ts';
import type { Command } from './decide.ts';
import type { eventBody } from './schemas.ts';

/** What `POST …/events` asks for: an event of a region, or a correction with its data checked. */
export async function commandOf(
  db: DbOrTrx,
  planningYear: string,
  { type, data, through, ...particulars }: z.infer<typeof eventBody>,
): Promise<Command> {
  if (through) {
    if (isCorrection(type))
      throw new InvalidInputError('A correction is one step.', [
        { pointer: '/through', detail: 'must be left out: only an event has others before it' },
      ]);
    return { kind: 'through', type, ...particulars, data: data ?? {} };
  }
  if (!isCorrection(type)) return { kind: 'event', type, ...particulars, ...(data && { data }) };
  const checked = readBy(corrections[type].data, data ?? {});
  if (!checked.success)
    throw new InvalidInputError(
      `The data of "${type}" can't be taken as it is; see errors, and its dataSchema in corrections.`,
      faultsOf(checked.error).map(({ pointer, detail }) => ({
        pointer: `/data${pointer}`,
        detail,
      })),
    );
  const correction = { type, ...checked.data } as Correction;
  if (!('task' in correction)) return { kind: 'correct', correction, ...particulars };
  const task = await keyOfTask(db, planningYear, correction.task);
  return { kind: 'correct', correction: { ...correction, task }, ...particulars };
}

/** The calendar's id of one of the year's tasks. */
async function keyOfTask(db: DbOrTrx, planningYear: string, id: string): Promise<string> {
  const row = await db
    .selectFrom('tasks')
    .select('taskKey')
    .where('id', '=', id)
    .where('planningYearId', '=', planningYear)
    .executeTakeFirst();
  if (row) return row.taskKey;
  throw new InvalidInputError('This planning year has no such task.', [
    { pointer: '/data/task', detail: 'is no task of this year that GET /v1/tasks lists' },
  ]);
}
