import { todayIn } from '../../calendar/dates.ts';
import type { Pack } from '../../calendar/shape.ts';
import type { Context } from '../context.ts';
import { parseSender } from '../mail/compose.ts';
import { mailHeld } from '../mail/hold.ts';
import { advanceDue } from '../planning-years/clock-scan.ts';
import { chunked } from './chunked.ts';
import { monthOf, timeIn } from './days.ts';
import { makeDigests, takeOverdue } from './messages.ts';
import { monthsOn, occasionsBegun, occasionsOn } from './occasions.ts';
import { endScan, takeScan } from './progress.ts';
import { type Day, datesOf, heldKeys, type Recorded, recordDay } from './record.ts';

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
  const due = ctx.programs.all.filter(({ pack }) => isTime(pack, now));
  const mailDomain = parseSender(ctx.config.mailFrom).address.split('@')[1]!;
  return ctx.db.transaction().execute(async (trx) => {
    // After a restore the ledger goes on, and waits.
    const digests = (await mailHeld(trx)) ? null : { mailDomain };
    let recorded = 0;
    const messages: string[] = [];
    for (const { pack } of due) {
      const day = { trx, pack, today: todayOf(pack, now), now, digests };
      const { rows, messages: made } = await recordDue(day);
      recorded += rows;
      messages.push(...made);
    }
    if (!digests) return { recorded, queued: 0 };
    for (const [today, same] of Map.groupBy(due, ({ pack }) => todayOf(pack, now))) {
      const programs = same.map(({ id }) => id);
      messages.push(...(await makeDigests(trx, programs, today, now, mailDomain)));
    }
    messages.push(...(await takeOverdue(trx, now)));
    await ctx.queue.send(
      trx,
      'send-digests',
      chunked(messages, TO_A_JOB).map((messageIds) => ({ messageIds })),
    );
    return { recorded, queued: messages.length };
  });
}

/** A job each would cost as much as its mail. */
const TO_A_JOB = 50;

/**
 * What `planDay` of `plan.ts` says, for all years at once and in the database: on a new date, what
 * begins on it; later on the same date, only the years that have been touched. Here rules are asked
 * about dates, of which there are few, never about tasks.
 */
async function recordDue(day: Day): Promise<Recorded> {
  const { trx, pack, today } = day;
  const { rules } = pack.reminders;
  const progress = await takeScan(trx, pack, today);
  if (!progress) return { rows: 0, messages: [] };
  const { through, touched, seen } = progress;
  const parts: Recorded[] = [];
  if (through !== null && through < today)
    parts.push(
      await recordDay(day, {
        years: 'all',
        due: occasionsBegun(rules, through, today),
        months: monthOf(through) < monthOf(today) ? monthsOn(rules, today) : [],
        held: await heldKeys(day),
      }),
    );
  const years = through === null ? 'all' : touched;
  if (years.length > 0)
    parts.push(
      await recordDay(day, {
        years,
        due: occasionsOn(rules, await datesOf(day, years), today),
        months: monthsOn(rules, today),
        held: null,
      }),
    );
  await endScan(trx, pack, today, seen);
  return {
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    messages: parts.flatMap(({ messages }) => messages),
  };
}

const todayOf = ({ program }: Pack, now: Date): string => todayIn(program.zone, now);

/** Both are `HH:MM`. */
const isTime = ({ program, reminders }: Pack, now: Date): boolean =>
  timeIn(program.zone, now) >= reminders.digestAt;
