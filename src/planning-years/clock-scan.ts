import { sql } from 'kysely';
import { todayIn } from '../../calendar/dates.ts';
import { clockActor } from '../actor.ts';
import type { Context } from '../context.ts';
import { OUTDATED } from '../db/writers.ts';
import { StaleVersionError } from '../errors.ts';
import { isDatabaseGone } from '../http/database-gone.ts';
import { datesOf } from '../programs/today.ts';
import { setAsideAfter } from '../quarantine/store.ts';
import { manyThroughTheDoor } from './door.ts';
import { asFault } from './sound.ts';

type Ctx = Pick<Context, 'db' | 'programs' | 'clock' | 'queue' | 'log'>;

/**
 * Applies what time has brought to every active year. One to which it can't be applied is set aside,
 * and keeps no other from it.
 * @returns the number of years looked at
 */
export async function advanceDue(ctx: Ctx): Promise<number> {
  let looked = 0;
  for (const { id: program, pack } of ctx.programs.all) {
    const today = todayIn(pack.program.zone, ctx.clock.now());
    for (let after = ''; ; ) {
      const ids = await yearsDue(ctx, program, today, after);
      if (ids.length > 0) await advance(ctx, ids);
      looked += ids.length;
      const last = ids.at(-1);
      if (last === undefined) break;
      after = last;
    }
  }
  return looked;
}

/**
 * For readers: nobody sees a state that the clock has already left. Costs nothing once this process
 * has caught up with the date.
 */
export async function caughtUp(ctx: Ctx): Promise<void> {
  const now = datesOf(ctx.programs, ctx.clock.now());
  if (upTo.get(ctx.db) === now || (await ctx.clock.doubt?.())) return;
  try {
    await advanceDue(ctx);
    upTo.set(ctx.db, now);
  } catch (error) {
    // A newer release has taken over: it brings time to the years, and here they are still read.
    if ((error as { code?: unknown }).code !== OUTDATED) throw error;
  }
}

const upTo = new WeakMap<object, string>();
const BATCH = 50;

async function yearsDue(ctx: Ctx, program: string, today: string, after: string) {
  let query = ctx.db
    .selectFrom('planningYears')
    .select('id')
    .where('program', '=', program)
    .where('status', '=', 'active')
    .where('clockOn', '<=', today)
    // Those are looked at by whoever looks after what is set aside.
    .where(
      sql<boolean>`not exists (
        select from quarantine q where q.kind = 'planningYear' and q.subject = planning_years.id::text)`,
    )
    .orderBy('id')
    .limit(BATCH);
  if (after) query = query.where('id', '>', after);
  return (await query.execute()).map(({ id }) => id);
}

async function advance(ctx: Ctx, ids: string[]): Promise<void> {
  const command = { kind: 'clock' as const };
  const requests = ids.map((id) => ({ id, command, actor: clockActor }));
  const outcomes = await ctx.db
    .transaction()
    .execute((trx) => manyThroughTheDoor(ctx, trx, requests));
  for (const [at, outcome] of outcomes.entries()) {
    if (outcome.ok) continue;
    const id = ids[at]!;
    ctx.log.error({ err: outcome.error, planningYear: id }, 'The clock could not be applied.');
    await setAsideAfter(ctx, ofTime(id, outcome.error));
  }
}

/** Whatever keeps time from a year is a fault of that year, unless somebody else only held it. */
const ofTime = (id: string, error: unknown): unknown =>
  error instanceof StaleVersionError || isDatabaseGone(error) ? error : asFault(id, error);
