import { tellSeals } from './audit/outside.ts';
import { sealYesterday } from './audit/seal.ts';
import type { Context } from './context.ts';
import { noteRelease } from './db/writers.ts';
import { noteScan, watchUndelivered } from './delivery/heartbeat.ts';
import { forgetOldKeys } from './http/idempotency.ts';
import { runJob, takeUpStranded } from './jobs/run.ts';
import { lookAfterQuarantine } from './mending/quarantine.ts';
import { openWhatFollows } from './planning-years/succession.ts';
import { upgradeYears, upgrading } from './planning-years/upgrade.ts';
import { startAlarmClock } from './process/alarm-clock.ts';
import { standsBack } from './process/stands-back.ts';
import { scan } from './reminders/scan.ts';
import { sendMails } from './reminders/send.ts';
import { foldCounts } from './reports/fold.ts';
import { forgetSignIns } from './sign-in/forget.ts';
import { mailLink, takeUpLinks } from './sign-in/link-mail.ts';

/**
 * Takes up the background work in this process: the queue's jobs, and what is done every minute.
 * `stop` ends the alarm clock and waits for what runs; jobs end with the queue, which belongs to the
 * context.
 */
export async function startWork(ctx: Context): Promise<{ stop(): Promise<void> }> {
  await takeUpJobs(ctx);
  return startAlarmClock(ctx, {
    'say that this release is at work': () => noteRelease(ctx.db, ctx.clock.now()),
    'mail links again': () => takeUpLinks(ctx),
    'scan for what is due': async () => {
      const { recorded, queued } = await scan(ctx);
      await noteScan(ctx.db, ctx.clock.now());
      if (recorded + queued > 0) ctx.log.info({ recorded, queued }, 'Reminders were taken up.');
    },
    'watch what is not delivered': () => watchUndelivered(ctx),
    'bring years to these charts': () => upgradeYears(ctx.db, upgrading(ctx)),
    'look after what is set aside': () => lookAfterQuarantine(ctx),
    'open what follows': () => openWhatFollows(ctx),
    'take up stranded jobs': () => takeUpStranded(ctx),
    'seal the day': async () => tellSeals(ctx, await sealYesterday(ctx)),
    'sum up the counts': () => foldCounts(ctx.db),
    'forget old idempotency keys': () => forgetOldKeys(ctx.db, ctx.clock.now()),
    'forget old sign-ins': () => forgetSignIns(ctx.db, ctx.clock.now()),
  });
}

/** A handler for every kind of job in the queue. */
export async function takeUpJobs(ctx: Context): Promise<void> {
  const { queue } = ctx;
  const inTime =
    <Payload>(handle: (payload: Payload) => Promise<void>) =>
    async (payload: Payload): Promise<void> => {
      // It is taken up again by our own tables, once the time can be trusted, or by a newer release.
      if (!(await standsBack(ctx))) await handle(payload);
    };
  await queue.work(
    'mail-sign-in-link',
    inTime(({ attemptId }) => mailLink(ctx, attemptId)),
  );
  await queue.work(
    'send-mails',
    inTime(({ messageIds }) => sendMails(ctx, messageIds)),
  );
  await queue.work(
    'run-job',
    inTime(({ jobId }) => runJob(ctx, jobId)),
  );
}
