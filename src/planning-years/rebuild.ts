import { todayIn } from '../../calendar/dates.ts';
import type { Context, Db, DbOrTrx, Trx } from '../context.ts';
import { takenBack } from '../db/taken-back.ts';
import { QuarantinedError } from '../errors.ts';
import { isDatabaseGone } from '../http/database-gone.ts';
import { takeBack } from '../quarantine/store.ts';
import { firstBreak } from './chain.ts';
import { passTime } from './door.ts';
import { namedYear } from './find.ts';
import { mendRow } from './mend-row.ts';
import { modelOf } from './models.ts';
import { rebuildTasks } from './rebuild-tasks.ts';
import { contradiction, sealedAndGone, sealedOf } from './sealed.ts';
import { fitModelOf } from './sound.ts';
import type { LogEntry } from './state.ts';
import { findYear, type YearRow } from './store.ts';
import { yearView } from './view.ts';
import { Writing } from './writing.ts';

export interface Rebuilt {
  planningYears: number;
  tasks: number;
  /** What differed from the log: where, and what was stored. Empty when all is well. */
  differences: { planningYear: string; what: string }[];
  /**
   * Broken chains, and logs that contradict what was sealed of them: nothing is rebuilt from a log that
   * can't be trusted.
   */
  broken: { planningYear: string; what: string }[];
}

/**
 * Makes every planning year's row and task list anew from its log, compares, and puts right what
 * differs. The log itself is only read. What can be used again is set aside no more. A year that can't
 * be rebuilt keeps no other from it.
 */
export async function rebuild(ctx: Ctx): Promise<Rebuilt> {
  const result: Rebuilt = { planningYears: 0, tasks: 0, differences: [], broken: [] };
  for await (const id of yearIds(ctx.db)) {
    const one = await rebuildOne(ctx, id);
    result.planningYears += 1;
    result.tasks += one.tasks;
    result.differences.push(...one.differences.map((what) => ({ planningYear: id, what })));
    if (one.broken) result.broken.push({ planningYear: id, what: one.broken });
  }
  for (const { planningYear, sealedOn } of await sealedAndGone(ctx.db))
    result.broken.push({ planningYear, what: `it is gone, and was sealed on ${sealedOn}` });
  return result;
}

/**
 * Whether a year is as its log tells it and can be shown and moved.
 * @returns why not; null when it is
 */
export async function faultOf(ctx: Ctx, id: string): Promise<string | null> {
  try {
    const { differences, broken } = await takenBack(ctx.db, (trx) => rebuildWithin(ctx, trx, id));
    if (broken !== null) return broken;
    if (differences.length > 0) return `It differs: ${differences.join(', ')}.`;
    return await unfitness(ctx, ctx.db, id);
  } catch (error) {
    if (isDatabaseGone(error)) throw error;
    return `It can't be rebuilt (${String(error)}).`;
  }
}

type Ctx = Pick<Context, 'db' | 'programs' | 'clock'>;

interface One {
  tasks: number;
  differences: string[];
  broken: string | null;
}

async function rebuildOne(ctx: Ctx, id: string): Promise<One> {
  try {
    return await ctx.db.transaction().execute(async (trx) => {
      const one = await rebuildWithin(ctx, trx, id);
      const broken = one.broken ?? (await unfitness(ctx, trx, id));
      if (broken === null) await takeBack(trx, 'planningYear', id);
      else await needsBackup(trx, id);
      return { ...one, broken };
    });
  } catch (error) {
    if (isDatabaseGone(error)) throw error;
    await needsBackup(ctx.db, id);
    return { tasks: 0, differences: [], broken: `it can't be rebuilt (${String(error)})` };
  }
}

/** Only an earlier state of it helps. */
const needsBackup = (db: DbOrTrx, id: string) =>
  db
    .updateTable('quarantine')
    .set({ remedy: 'npm run restore -- FILE' })
    .where('kind', '=', 'planningYear')
    .where('subject', '=', id)
    .execute();

/** What keeps a year from being shown, or from being moved by time; null: nothing. */
async function unfitness(
  { programs, clock }: Ctx,
  db: DbOrTrx,
  id: string,
): Promise<string | null> {
  try {
    const row = await namedYear(db, id);
    if (!row) return null;
    const model = await fitModelOf(programs, db, row);
    const today = todayIn(model.pack.program.zone, clock.now());
    yearView({ row, model, today, seen: null });
    passTime(new Writing(row, model), clock.now(), today);
    return null;
  } catch (error) {
    return error instanceof QuarantinedError ? error.fault.reason : String(error);
  }
}

async function rebuildWithin({ programs, clock }: Ctx, trx: Trx, id: string): Promise<One> {
  await trx.selectFrom('planningYears').select('id').where('id', '=', id).forUpdate().execute();
  const row = await findYear(trx, id);
  if (!row) return { tasks: 0, differences: [], broken: null };
  const sealed = await trx
    .selectFrom('logEntries')
    .select(['seq', 'entry', 'hash'])
    .where('planningYearId', '=', id)
    .orderBy('seq')
    .execute();
  const hashes = sealed.map(({ hash }) => hash);
  const broken =
    firstBreak(sealed, headIn(sealed, row)) ?? contradiction(hashes, await sealedOf(trx, id));
  if (broken) return { tasks: 0, differences: [], broken };

  const entries = sealed.map(({ entry }) => JSON.parse(entry) as LogEntry);
  const mended = await mendRow(trx, programs, row, sealed.at(-1)!, entries);
  const model = await modelOf(programs, trx, mended.row);
  const today = todayIn(model.pack.program.zone, clock.now());
  const tasks = await rebuildTasks(trx, mended.row, model, entries, today);
  return {
    tasks: model.tasks.length,
    differences: [...mended.differences, ...tasks],
    broken: null,
  };
}

/**
 * The entry at which a log is to end: its last, if the row names any of this chain by its hash, for then
 * the row is only behind. That nothing was cut away from both shows by {@link contradiction}.
 */
function headIn(
  sealed: readonly { seq: number; hash: Buffer }[],
  { headSeq, headHash }: YearRow,
): { seq: number; hash: Buffer } {
  const last = sealed.at(-1);
  const isNamed = sealed.some(({ hash }) => hash.equals(headHash));
  return last && isNamed ? last : { seq: headSeq, hash: headHash };
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
