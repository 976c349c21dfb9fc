import { todayIn } from '../../calendar/dates.ts';
import type { Context, DbOrTrx } from '../context.ts';
import { NotFoundError } from '../errors.ts';
import { namedYears } from '../planning-years/find.ts';
import { eachSound } from '../planning-years/sound.ts';
import { findTask, type TaskRow } from './find.ts';
import type { TaskSight } from './view.ts';

type Ctx = Pick<Context, 'programs' | 'clock'>;

/** @throws NotFoundError */
export async function taskAt(db: DbOrTrx, id: string): Promise<TaskRow> {
  const row = await findTask(db, id);
  if (row) return row;
  throw missing();
}

/** @throws NotFoundError, QuarantinedError */
export async function sightAt(ctx: Ctx, db: DbOrTrx, id: string): Promise<TaskSight> {
  const [found] = await sightsOf(ctx, db, [await taskAt(db, id)]);
  if (found) return found.sight();
  throw missing();
}

/**
 * Tasks with their years and what these are made of, in the same order. The sight of one whose year
 * can't be used as it stands throws when it is asked for.
 */
export async function sightsOf(
  ctx: Ctx,
  db: DbOrTrx,
  rows: TaskRow[],
): Promise<{ task: TaskRow; sight: () => TaskSight }[]> {
  const ids = [...new Set(rows.map((row) => row.planningYearId))];
  const now = ctx.clock.now();
  const years = new Map(
    (await eachSound(ctx, db, await namedYears(db, ids))).map((year) => [year.row.id, year]),
  );
  return rows.flatMap((task) => {
    const year = years.get(task.planningYearId);
    if (!year) return [];
    const sight = () => {
      const model = year.model();
      return { task, row: year.row, model, today: todayIn(model.pack.program.zone, now) };
    };
    return [{ task, sight }];
  });
}

const missing = () => new NotFoundError('There is no such task.');
