import { sql } from 'kysely';
import type { Context, Trx } from '../context.ts';
import { changePreferences } from '../preferences/change.ts';
import { allOptionalKinds } from '../programs/optional-kinds.ts';
import type { DeliveryReport } from './read-report.ts';
import { suppress } from './suppressions.ts';
import { noteTroubles } from './troubles.ts';

/**
 * Writes down what reports say. A report belongs to the mail whose Message-ID it names, or else to
 * the last one to its recipient. What bounced is marked so in the ledger; its address gets no more mail
 * where the report says that this very mailbox is gone, and else is one that mail did not arrive at.
 * A complaint switches off what is optional. A report of delay or delivery never takes a bounce back.
 *
 * @returns how many reports were of mails known here
 */
export async function applyReports(
  ctx: Context,
  trx: Trx,
  reports: readonly DeliveryReport[],
): Promise<number> {
  const at = ctx.clock.now();
  let known = 0;
  for (const report of reports) {
    const message = await messageOf(trx, report);
    if (!message) continue;
    known += 1;
    await mark(trx, message.id, report, at);
    const address = message.toAddress!;
    const told = { address, detail: detailOf(report, address), messageId: message.id };
    if (report.outcome === 'complained') {
      await switchOffOptional(ctx, trx, message.personId);
      await noteTroubles(trx, [{ ...told, at, reason: 'complained' }]);
    } else if (report.outcome !== 'bounced') continue;
    else if (report.gone && !isForward(report, address))
      await suppress(trx, [{ ...told, since: at, reason: 'bounced' }]);
    else await noteTroubles(trx, [{ ...told, at, reason: 'undelivered' }]);
  }
  return known;
}

/** The address took the mail and sent it on: it lives, wherever the mail came to an end. */
const isForward = ({ recipient, forwardedTo }: DeliveryReport, address: string): boolean =>
  forwardedTo !== null || (recipient !== null && recipient !== address.toLowerCase());

function detailOf(report: DeliveryReport, address: string): string {
  if (report.outcome !== 'bounced' || !isForward(report, address)) return report.detail;
  return `forwarded to ${report.forwardedTo ?? report.recipient}: ${report.detail}`;
}

/** Whoever calls a mail spam wants less of it; what has a date still comes. */
const switchOffOptional = (ctx: Context, trx: Trx, personId: string) =>
  changePreferences(ctx, trx, personId, (before) => ({
    ...before,
    switchedOff: allOptionalKinds(ctx.programs).map(({ kind }) => kind),
  }));

/** A Message-ID alone is enough: each of our mails has one recipient. */
async function messageOf(trx: Trx, { mailId, recipient }: DeliveryReport) {
  const tried = trx
    .selectFrom('messages')
    .select(['id', 'toAddress', 'personId'])
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
