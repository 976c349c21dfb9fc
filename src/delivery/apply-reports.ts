import { sql } from 'kysely';
import type { Trx } from '../context.ts';
import type { DeliveryReport } from './read-report.ts';
import { suppress } from './suppressions.ts';

/**
 * Writes down what reports say. A report belongs to the mail whose Message-ID it names, or else to
 * the last one to its recipient. What bounced is marked so in the ledger; where it did for good,
 * its address gets no more mail. A report of delay or delivery never takes a bounce back.
 *
 * @returns how many reports were of mails known here
 */
export async function applyReports(
  trx: Trx,
  reports: readonly DeliveryReport[],
  now: Date,
): Promise<number> {
  let known = 0;
  for (const report of reports) {
    const message = await messageOf(trx, report);
    if (!message) continue;
    known += 1;
    await mark(trx, message.id, report, now);
    if (!report.permanent) continue;
    await suppress(trx, [
      {
        address: message.toAddress ?? report.recipient!,
        reason: 'bounced',
        since: now,
        detail: report.detail,
        messageId: message.id,
      },
    ]);
  }
  return known;
}

/** A Message-ID alone is enough: each of our mails has one recipient. */
async function messageOf(trx: Trx, { mailId, recipient }: DeliveryReport) {
  const tried = trx
    .selectFrom('messages')
    .select(['id', 'toAddress'])
    .where('toAddress', 'is not', null);
  if (mailId !== null) {
    const named = await tried.where('mailId', '=', mailId).executeTakeFirst();
    if (named) return named;
  }
  if (recipient === null) return undefined;
  return tried
    .where(sql`lower(to_address)`, '=', recipient)
    .where('claimedAt', 'is not', null)
    .orderBy('claimedAt', 'desc')
    .limit(1)
    .executeTakeFirst();
}

async function mark(
  trx: Trx,
  id: string,
  { outcome, enhanced, detail }: DeliveryReport,
  now: Date,
): Promise<void> {
  await trx
    .updateTable('messages')
    .set({ reported: outcome, reportedAt: now })
    .where('id', '=', id)
    .where(sql<boolean>`reported is distinct from 'bounced'`)
    .execute();
  if (outcome !== 'bounced') return;
  await trx
    .updateTable('messages')
    .set({
      status: 'bounced',
      reason: 'bounced',
      nextAttemptAt: null,
      lastError: detail,
      smtpEnhanced: enhanced,
    })
    .where('id', '=', id)
    .execute();
  await trx
    .updateTable('reminders')
    .set({ status: 'bounced', reason: 'bounced' })
    .where('messageId', '=', id)
    .where('status', 'in', ['scheduled', 'retrying', 'sent'])
    .execute();
}
