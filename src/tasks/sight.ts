import { todayIn } from '../../calendar/dates.ts';
import type { Context, DbOrTrx } from '../context.ts';
import { NotFoundError } from '../errors.ts';
import { namedYears } from '../planning-years/find.ts';
import { modelOf } from '../planning-years/models.ts';
import { findTask, type TaskRow } from './find.ts';
import type { TaskSight } from './view.ts';

type Ctx = Pick<Context, 'programs' | 'clock'>;

/** @throws NotFoundError */
export async function taskAt(db: DbOrTrx, id: string): Promise<TaskRow> {
  const row = await findTask(db, id);
  if (row) return row;
  throw missing();
}

/** @throws NotFoundError */
export async function sightAt(ctx: Ctx, db: DbOrTrx, id: string): Promise<TaskSight> {
  const [sight] = await sightsOf(ctx, db, [await taskAt(db, id)]);
  if (sight) return sight;
  throw missing();
}

/** Tasks with their years and what these are made of, in the same order. */
export async function sightsOf(
  { programs, clock }: Ctx,
  db: DbOrTrx,
  rows: TaskRow[],
): Promise<TaskSight[]> {
  const ids = [...new Set(rows.map((row) => row.planningYearId))];
  const years = new Map<string, Omit<TaskSight, 'task'>>();
  for (const row of await namedYears(db, ids)) {
    const model = await modelOf(programs, db, row);
    const today = todayIn(model.pack.program.zone, clock.now());
    years.set(row.id, { row, model, today });
  }
  return rows.flatMap((task) => {
    const year = years.get(task.planningYearId);
    return year ? [{ task, ...year }] : [];
  });
}

const missing = () => new NotFoundError('There is no such task.');
