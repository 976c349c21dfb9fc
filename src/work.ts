import type { Context } from './context.ts';
import { dropSettled } from './reminders/drop-settled.ts';
import { startSchedule } from './reminders/schedule.ts';
import { sendDigest } from './reminders/send.ts';

/**
 * Takes up the background work in this process: the queue's jobs, and the alarm clock. `stop` ends
 * the alarm clock and waits for its scan; jobs end with the queue, which belongs to the context.
 */
export async function startWork(ctx: Context): Promise<{ stop(): Promise<void> }> {
  await ctx.queue.work('send-digest', ({ messageId }) => sendDigest(ctx, messageId));
  await ctx.queue.work('year-changed', ({ planningYearId }) => dropSettled(ctx.db, planningYearId));
  return startSchedule(ctx);
}
