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
 * A complaint switches off what is optional. What says less never takes back what says more.
 *
 * @returns how many reports were of mails known here
 */
export async function applyReports(
  ctx: Context,
  trx: Trx,
  reports: readonly DeliveryReport[],
): Promise<number> {
  const at = ctx.clock.now();
  const known = [];
  for (const report of reports) {
    const message = await messageOf(trx, report);
    if (message) known.push({ report, message, address: message.toAddress! });
  }
  for (const { report, message, address } of known) {
    if (isForward(report, address) && known.some((other) => saysItself(other, message.id)))
      continue;
    await mark(trx, message.id, report, at);
    const told = { address, detail: detailOf(report, address), messageId: message.id };
    if (report.outcome === 'complained') {
      // Providers tell it more than once; who has changed their mind meanwhile keeps to that.
      if (message.reported === 'complained') continue;
      if (message.email?.toLowerCase() === address.toLowerCase())
        await switchOffOptional(ctx, trx, message.personId);
      await noteTroubles(trx, [{ ...told, at, reason: 'complained' }]);
    } else if (report.outcome !== 'bounced') continue;
    else if (report.gone && !isForward(report, address))
      await suppress(trx, [{ ...told, since: at, reason: 'bounced' }]);
    else await noteTroubles(trx, [{ ...told, at, reason: 'undelivered' }]);
  }
  return known.length;
}

/** What became of a mail where it was addressed to says more than what became of it elsewhere. */
const saysItself = (
  {
    report,
    message,
    address,
  }: { report: DeliveryReport; message: { id: string }; address: string },
  id: string,
): boolean => message.id === id && !isForward(report, address);

/** The address took the mail and sent it on: it lives, wherever the mail came to an end. */
const isForward = ({ recipient, forwardedTo }: DeliveryReport, address: string): boolean =>
  forwardedTo !== null || (recipient !== null && recipient !== address.toLowerCase());

function detailOf(report: DeliveryReport, address: string): string {
  const said = report.detail || report.enhanced || 'no reason given';
  if (report.outcome !== 'bounced' || !isForward(report, address)) return said;
  return `forwarded to ${report.forwardedTo ?? report.recipient}: ${said}`;
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
    .selectFrom('messages as m')
    .leftJoin('people as p', 'p.id', 'm.personId')
    .select(['m.id', 'm.toAddress', 'm.personId', 'm.reported', 'p.email'])
    .where('m.toAddress', 'is not', null);
  if (mailId !== null) {
    const named = await tried.where('m.mailId', '=', mailId).executeTakeFirst();
    if (named) return named;
  }
  if (recipient === null) return undefined;
  return tried
    .where(sql`lower(to_address)`, '=', recipient)
    .where('m.claimedAt', 'is not', null)
    .orderBy('m.claimedAt', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Reports come in any order, and more than once: what says more stays. */
const BY_WEIGHT = ['delayed', 'delivered', 'complained', 'bounced'];

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
    .where(
      sql<boolean>`coalesce(array_position(${BY_WEIGHT}::text[], reported), 0)
        <= array_position(${BY_WEIGHT}::text[], ${outcome}::text)`,
    )
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
