import type { Db } from '../context.ts';
import { scan } from '../reminders/scan.ts';
import type { Stage } from './stage.ts';
import type { Stopwatch } from './stopwatch.ts';

/**
 * The scan brings what the day brings, and its mails go out. Where the cap of the hour leaves some for
 * the next, that is played, too; in all others of the day there would be nothing to do.
 */
export async function playMorning(
  { ctx, clock, queue }: Stage,
  zone: string,
  today: string,
  digestAt: string,
  watch: Stopwatch,
): Promise<void> {
  const [first, minutes] = [Number(digestAt.slice(0, 2)), digestAt.slice(2)];
  for (let hour = first; hour < 24; hour += 1) {
    clock.set(zone, today, `${String(hour).padStart(2, '0')}${minutes}`);
    await watch.time('scan', () => scan(ctx));
    await watch.time('mails', () => queue.rest());
    if (!(await isWaiting(ctx.db, clock.now()))) return;
  }
}

async function isWaiting(db: Db, now: Date): Promise<boolean> {
  const mail = await db
    .selectFrom('messages')
    .select('id')
    .where('status', 'in', ['queued', 'retrying'])
    .where('nextAttemptAt', '<=', now)
    .limit(1)
    .executeTakeFirst();
  return mail !== undefined;
}
