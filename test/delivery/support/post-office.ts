import type { Context } from '../../../src/context.ts';
import { applyReports } from '../../../src/delivery/apply-reports.ts';
import { findBreaker } from '../../../src/delivery/breaker.ts';
import { createMailer } from '../../../src/mail/create.ts';
import type { Mailer } from '../../../src/mail/mailer.ts';
import type { Patience } from '../../../src/mail/smtp.ts';
import { scan } from '../../../src/reminders/scan.ts';
import { sendMails } from '../../../src/reminders/send.ts';
import { contextOn, fixtures, heldMailer, heldQueue } from '../../reminders/support/world.ts';
import { testClock } from '../../support/clock.ts';
import { createTestDatabase } from '../../support/database.ts';

// 07:30 in Chicago, fourteen days before January 31.
const MORNING = '2028-01-17T07:30:00-06:00';

/** Short enough for a test, in the same order as the usual ones. */
export const IMPATIENT: Patience = { connect: 400, answer: 600, whole: 1_500 };

/**
 * One school where `mails` people have one thing each to do, so that a scan makes each a digest; the
 * whole way from the ledger to a mail server, on a clock that the test moves.
 *
 * @param patience undefined: as long as the program waits in earnest
 */
export async function openPostOffice(smtpUrl: string, mails: number, patience?: Patience) {
  const { db, drop } = await createTestDatabase();
  const clock = testClock(MORNING);
  const { queue, take } = heldQueue();
  const plain = contextOn(db, clock, queue, heldMailer().mailer);
  const smtp = createMailer({ ...plain.config, smtpUrl }, plain.log, patience);
  const slots = watched(smtp);
  const ctx: Context = { ...plain, mailer: slots.mailer };
  const add = fixtures(db);
  const tasks: string[] = [];
  for (let at = 0; at < mails; at++) {
    const code = `${String(at % 50).padStart(3, '0')}-${at}`;
    const year = await add.school(code, `School ${at}`);
    const person = await add.person(`Person ${at}`);
    await add.assign(person, 'principal', 'school', code);
    tasks.push(await add.task(year, 'jan-1/principal/1'));
  }
  return {
    ctx,
    clock,
    add,
    /** The task of each mail. */
    tasks,
    /** What a minute brings: a scan, and the sending of all that it enqueued. @returns how many */
    async minute(): Promise<number> {
      await scan(ctx);
      const ids = take();
      for (let at = 0; at < ids.length; at += 50) await sendMails(ctx, ids.slice(at, at + 50));
      return ids.length;
    },
    /** A scan alone, whose mails nobody takes up yet. */
    async queueOnly(): Promise<void> {
      await scan(ctx);
      take();
    },
    messages: () => db.selectFrom('messages').selectAll().orderBy('id').execute(),
    ledger: () =>
      db.selectFrom('reminders').select(['status', 'reason', 'personId']).orderBy('id').execute(),
    breaker: () => findBreaker(db),
    suppressed: async () =>
      (await db.selectFrom('suppressions').select('address').execute()).length,
    report: (mailId: string) =>
      db.transaction().execute((trx) =>
        applyReports(ctx, trx, [
          {
            ...{ outcome: 'bounced', gone: true, mailId, recipient: null, forwardedTo: null },
            enhanced: '5.1.1',
            detail: '550 5.1.1 User unknown',
          },
        ]),
      ),
    longestSlot: slots.longest,
    async close() {
      await smtp.close();
      await drop();
    },
  };
}

/** A mailer that remembers how long a mail has held its connection at most, in milliseconds. */
function watched(mailer: Mailer) {
  let longest = 0;
  const watching: Mailer = {
    async send(mail) {
      const begun = performance.now();
      await mailer.send(mail).finally(() => {
        longest = Math.max(longest, performance.now() - begun);
      });
    },
    close: () => mailer.close(),
  };
  return { mailer: watching, longest: () => longest };
}
