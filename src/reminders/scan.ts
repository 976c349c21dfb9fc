import { todayIn } from '../../calendar/dates.ts';
import type { Pack } from '../../calendar/shape.ts';
import type { Context } from '../context.ts';
import { mailPaused } from '../delivery/settings.ts';
import { takeUpMail } from '../delivery/take-up.ts';
import { makeDigests } from '../digests/make-digests.ts';
import { parseSender } from '../mail/compose.ts';
import { advanceDue } from '../planning-years/clock-scan.ts';
import { timeIn } from './days.ts';
import { type DayPlan, planDay } from './plan.ts';
import { factsOfDay } from './read.ts';
import { recordPlan } from './record.ts';

/**
 * Takes up all that is due by now: what the clock brings to the years, then the reminders of every
 * program whose digests may go out by now, then messages whose next attempt has come. It can run as
 * often as one likes and in several processes at once: what counts is what the ledger takes.
 *
 * @returns the reminders written to the ledger, and the sendings enqueued
 */
export async function scan(ctx: Context): Promise<{ recorded: number; queued: number }> {
  await advanceDue(ctx);
  const now = ctx.clock.now();
  const plans = await plansByDate(ctx, now);
  const mailDomain = parseSender(ctx.config.mailFrom).address.split('@')[1]!;
  return ctx.db.transaction().execute(async (trx) => {
    let recorded = 0;
    for (const { plan, today } of plans) recorded += await recordPlan(trx, plan, today, now);
    // While mail is paused the ledger goes on, and waits.
    if (!(await mailPaused(trx))) await makeDigests(trx, ctx.programs, now, mailDomain);
    return { recorded, queued: await takeUpMail(ctx, trx) };
  });
}

/** The day's plan of every program; none before the hour of its digests. */
async function plansByDate(ctx: Context, now: Date) {
  const plans: { program: string; today: string; plan: DayPlan }[] = [];
  for (const { id, pack } of ctx.programs.all) {
    if (!isTime(pack, now)) continue;
    const today = todayIn(pack.program.zone, now);
    const plan = planDay(pack, await factsOfDay(ctx.db, pack, today), today);
    plans.push({ program: id, today, plan });
  }
  return plans;
}

/** Both are `HH:MM`. */
const isTime = ({ program, reminders }: Pack, now: Date): boolean =>
  timeIn(program.zone, now) >= reminders.digestAt;
