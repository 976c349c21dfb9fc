import { hostname } from 'node:os';
import { createTask } from 'node-cron';
import type { Context, Db } from '../context.ts';
import { scan } from './scan.ts';

const JOB = 'reminders';
const DAY_MS = 86_400_000;

/**
 * The alarm clock: every minute one process runs the scan, and this one also runs it at once, for
 * what came due while nothing ran. What is due is decided by the scan alone; a tick that is lost
 * costs a minute. A scan that fails is logged, and the next tick tries again.
 */
export function startSchedule(ctx: Context): { stop(): Promise<void> } {
  const running = new Set<Promise<void>>();
  const run = () => {
    const one = scanLogged(ctx).finally(() => running.delete(one));
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

async function scanLogged(ctx: Context): Promise<void> {
  try {
    const { recorded, queued } = await scan(ctx);
    if (recorded > 0 || queued > 0) ctx.log.info({ recorded, queued }, 'Reminders were taken up.');
  } catch (error) {
    ctx.log.error({ err: error }, 'The scan failed; the next minute tries again.');
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
