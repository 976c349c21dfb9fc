import canonicalize from 'canonicalize';
import { todayIn } from '../../calendar/dates.ts';
import type { Context, Db, Trx } from '../context.ts';
import { firstBreak } from './chain.ts';
import type { YearModel } from './model.ts';
import { modelOf } from './models.ts';
import { type LogEntry, moved, replay } from './state.ts';
import { findYear, type NewTask, type YearRow } from './store.ts';
import { taskRows } from './writing.ts';

export interface Rebuilt {
  planningYears: number;
  tasks: number;
  /** What differed from the log: where, and what was stored. Empty when all is well. */
  differences: { planningYear: string; what: string }[];
  /** Broken chains: nothing is rebuilt from a log that cannot be trusted. */
  broken: { planningYear: string; what: string }[];
}

/**
 * Makes every planning year's state and task list anew from its log, compares, and puts right what
 * differs. The log itself is only read.
 */
export async function rebuild(ctx: Pick<Context, 'db' | 'programs' | 'clock'>): Promise<Rebuilt> {
  const result: Rebuilt = { planningYears: 0, tasks: 0, differences: [], broken: [] };
  for await (const id of yearIds(ctx.db)) {
    const one = await ctx.db.transaction().execute((trx) => rebuildOne(ctx, trx, id));
    result.planningYears += 1;
    result.tasks += one.tasks;
    result.differences.push(...one.differences.map((what) => ({ planningYear: id, what })));
    if (one.broken) result.broken.push({ planningYear: id, what: one.broken });
  }
  return result;
}

async function rebuildOne(
  { programs, clock }: Pick<Context, 'programs' | 'clock'>,
  trx: Trx,
  id: string,
): Promise<{ tasks: number; differences: string[]; broken: string | null }> {
  await trx.selectFrom('planningYears').select('id').where('id', '=', id).forUpdate().execute();
  const row = await findYear(trx, id);
  if (!row) return { tasks: 0, differences: [], broken: null };
  const sealed = await trx
    .selectFrom('logEntries')
    .select(['seq', 'entry', 'hash'])
    .where('planningYearId', '=', id)
    .orderBy('seq')
    .execute();
  const broken = firstBreak(sealed, { seq: row.headSeq, hash: row.headHash });
  if (broken) return { tasks: 0, differences: [], broken };

  const entries = sealed.map(({ entry }) => JSON.parse(entry) as LogEntry);
  const model = await modelOf(programs, trx, row);
  const differences = [
    ...(await rebuildYear(trx, row, entries)),
    ...(await rebuildTasks(
      trx,
      row,
      model,
      entries,
      todayIn(model.pack.program.zone, clock.now()),
    )),
  ];
  return { tasks: model.tasks.length, differences, broken: null };
}

async function rebuildYear(trx: Trx, row: YearRow, entries: LogEntry[]): Promise<string[]> {
  const state = replay(entries);
  const version = 1 + entries.slice(1).filter(moved).length;
  const same =
    canonicalize(state) === canonicalize(row.state) &&
    row.status === state.status &&
    row.version === version;
  if (same) return [];
  await trx
    .updateTable('planningYears')
    .set({ state: JSON.stringify(state), status: state.status, version })
    .where('id', '=', row.id)
    .execute();
  return ['the state'];
}

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
  const byKey = new Map(stored.map((task) => [task.taskKey, task]));
  const differences: string[] = [];
  for (const task of taskRows({ ...row, state: replay(entries) }, model, entries, today)) {
    const { version: _, planningYearId: __, ...was } = byKey.get(task.taskKey) ?? {};
    byKey.delete(task.taskKey);
    if (canonicalize(was) === canonicalize(task)) continue;
    differences.push(`task ${task.taskKey}`);
    await putTask(trx, row.id, task);
  }
  if (differences.length > 0) await touchYear(trx, row.id);
  return [
    ...differences,
    ...[...byKey.keys()].map((key) => `task ${key}, which the calendar lacks`),
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
      conflict
        .columns(['planningYearId', 'taskKey'])
        .doUpdateSet((eb) => ({ ...values, version: eb('tasks.version', '+', 1) })),
    )
    .execute();
}

async function* yearIds(db: Db): AsyncGenerator<string> {
  for (let after = '00000000-0000-7000-8000-000000000000'; ; ) {
    const rows = await db
      .selectFrom('planningYears')
      .select('id')
      .where('id', '>', after)
      .orderBy('id')
      .limit(500)
      .execute();
    for (const { id } of rows) yield id;
    const last = rows.at(-1);
    if (!last) return;
    after = last.id;
  }
}
