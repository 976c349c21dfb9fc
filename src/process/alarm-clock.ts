import { hostname } from 'node:os';
import { createTask } from 'node-cron';
import type { Context, Db } from '../context.ts';
import { standsBack } from './stands-back.ts';

const JOB = 'every-minute';
const DAY_MS = 86_400_000;

/** What is done every minute, in this order, by name. */
export type Chores = Record<string, () => Promise<unknown>>;

/**
 * The alarm clock: every minute one process does `work`, and this one also does it at once, for what
 * came due while nothing ran. What is due is decided by the work alone; a tick that is lost costs a
 * minute. Each piece that fails is logged, the others go on, and the next tick tries again.
 */
export function startAlarmClock(ctx: Context, work: Chores): { stop(): Promise<void> } {
  const running = new Set<Promise<void>>();
  const run = () => {
    const one = doAll(ctx, work).finally(() => running.delete(one));
    running.add(one);
    return one;
  };
  const warn = (message: string | Error, cause?: Error) =>
    ctx.log.warn({ reason: String(cause ?? message) }, 'The alarm clock missed a tick.');
  const task = createTask('* * * * *', run, {
    name: JOB,
    timezone: 'UTC',
    noOverlap: true,
    distributed: true,
    runCoordinator: {
      shouldRun: (key) => claimTick(ctx, key.slice(JOB.length + 1)),
    },
    logger: { info() {}, debug() {}, warn, error: warn },
  });
  task.start();
  run();

  return {
    async stop() {
      await task.destroy();
      await Promise.all(running);
    },
  };
}

async function doAll(ctx: Context, work: Chores): Promise<void> {
  if (await standsBack(ctx)) return;
  for (const [name, chore] of Object.entries(work)) {
    try {
      await chore();
    } catch (error) {
      ctx.log.error({ err: error }, `"${name}" failed; the next minute tries again.`);
    }
  }
}

/**
 * True for the one process that comes first to this tick. Ticks of days gone by are forgotten.
 *
 * @param tick the minute as an ISO instant
 */
export async function claimTick({ db, clock }: Context, tick: string): Promise<boolean> {
  const claimed = await db
    .insertInto('cronTicks')
    .values({ job: JOB, tick, runner: `${hostname()} ${process.pid}`, at: clock.now() })
    .onConflict((conflict) => conflict.doNothing())
    .returning('tick')
    .executeTakeFirst();
  if (claimed) await forgetBefore(db, new Date(Date.parse(tick) - DAY_MS).toISOString());
  return claimed !== undefined;
}

const forgetBefore = (db: Db, tick: string) =>
  db.deleteFrom('cronTicks').where('job', '=', JOB).where('tick', '<', tick).execute();
