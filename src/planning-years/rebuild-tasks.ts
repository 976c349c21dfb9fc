import { sql } from 'kysely';
import type { Trx } from '../context.ts';
import { isSame } from './mend-row.ts';
import type { YearModel } from './model.ts';
import { type LogEntry, replay } from './state.ts';
import type { NewTask, YearRow } from './store.ts';
import { taskRows } from './writing.ts';

/** Puts right the tasks of a year that differ from what its log says. @returns which */
export async function rebuildTasks(
  trx: Trx,
  row: YearRow,
  model: YearModel,
  entries: LogEntry[],
  today: string,
): Promise<string[]> {
  const stored = await trx
    .selectFrom('tasks')
    .selectAll()
    .where('planningYearId', '=', row.id)
    .execute();
  const byId = new Map(stored.map((task) => [task.id, task]));
  const differences: string[] = [];
  for (const task of taskRows({ ...row, state: replay(entries) }, model, entries, today)) {
    const { version = 0, planningYearId: _, ...was } = byId.get(task.id) ?? {};
    byId.delete(task.id);
    if (isSame(task, was) && version > 0 && version < LAST_VERSION) continue;
    differences.push(`task ${task.taskKey}`);
    await putTask(trx, row.id, task);
  }
  if (differences.length > 0) await touchYear(trx, row.id);
  return [
    ...differences,
    ...[...byId.values()].map(({ taskKey }) => `task ${taskKey}, which the calendar lacks`),
  ];
}

/** A year's row changes with its tasks: by that its readers know that the list is another. */
async function touchYear(trx: Trx, id: string): Promise<void> {
  await trx
    .updateTable('planningYears')
    .set((eb) => ({ updatedAt: eb.ref('updatedAt') }))
    .where('id', '=', id)
    .execute();
}

async function putTask(trx: Trx, planningYearId: string, task: NewTask): Promise<void> {
  const values = { ...task, settled: task.settled && JSON.stringify(task.settled) };
  await trx
    .insertInto('tasks')
    .values({ ...values, planningYearId, version: 1 })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({
        ...values,
        planningYearId,
        version: sql<number>`case
          when tasks.version between 1 and ${sql.lit(LAST_VERSION - 1)} then tasks.version + 1
          else 1 end`,
      }),
    )
    .execute();
}

/** A counter that stands here can't be counted on. */
const LAST_VERSION = 2 ** 31 - 1;
