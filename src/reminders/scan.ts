import { todayIn } from '../../calendar/dates.ts';
import type { Pack } from '../../calendar/shape.ts';
import type { Context, Trx } from '../context.ts';
import { mailPaused } from '../delivery/settings.ts';
import { takeUpMail } from '../delivery/take-up.ts';
import { makeMails } from '../digests/make-mails.ts';
import { parseSender } from '../mail/compose.ts';
import { advanceDue } from '../planning-years/clock-scan.ts';
import { REAL } from './day.ts';
import { endScan, takeScan } from './progress.ts';
import { recordDay } from './record-day.ts';
import { undoEarly } from './undo-early.ts';

/**
 * Takes up all that is due by now: what the clock brings to the years, what the day brings to the
 * ledger, then the mails that may go out by now, then messages whose next attempt has come. It can
 * run as often as one likes and in several processes at once: what counts is what the ledger takes.
 *
 * @returns the reminders written to the ledger, and the sendings enqueued
 */
export async function scan(ctx: Context): Promise<{ recorded: number; queued: number }> {
  await advanceDue(ctx);
  const now = ctx.clock.now();
  let recorded = 0;
  for (const { pack } of ctx.programs.all)
    recorded += await ctx.db.transaction().execute((trx) => recordNew(trx, pack, now));
  return { recorded, queued: await sendDue(ctx, now) };
}

/** @returns the rows written, none while another process is at it */
async function recordNew(trx: Trx, pack: Pack, now: Date): Promise<number> {
  const progress = await takeScan(trx, pack, todayIn(pack.program.zone, now));
  if (!progress) return 0;
  const { through, today, touched, wasAhead } = progress;
  if (wasAhead) await undoEarly(trx, pack, today);
  const recorded = await recordDay({ trx, pack, today, now, tables: REAL }, through, touched);
  await endScan(trx, pack, progress);
  return recorded;
}

/** @returns the sendings enqueued */
async function sendDue(ctx: Context, now: Date): Promise<number> {
  const mailDomain = parseSender(ctx.config.mailFrom).address.split('@')[1]!;
  return ctx.db.transaction().execute(async (trx) => {
    // While mail is paused the ledger goes on, and waits.
    if (!(await mailPaused(trx))) await makeMails(trx, ctx.programs, now, mailDomain);
    return takeUpMail(ctx, trx);
  });
}
