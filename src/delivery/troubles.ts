import { sql } from 'kysely';
import type { DbOrTrx } from '../context.ts';
import type { MailTroublesTable } from '../db/tables.ts';
import { newId } from '../ids.ts';
import type { Fault } from '../mail/fault.ts';
import { suppressedAmong } from './suppressions.ts';

/** Something about an address that is to be told, and keeps no mail from it. */
export interface Trouble {
  address: string;
  reason: MailTroublesTable['reason'];
  at: Date;
  /** What the mail server or the provider said. */
  detail: string;
  messageId: string | null;
}

/**
 * Notes that mail did not arrive at these addresses though they may live, or that their people have
 * called it spam. A trouble that lasts is one and the same, so that nobody is told of it every day; a
 * complaint outlasts what does not arrive.
 */
export async function noteTroubles(db: DbOrTrx, troubles: readonly Trouble[]): Promise<void> {
  const latest = new Map(troubles.map((one) => [one.address.toLowerCase(), one]));
  // Who gets nothing at all is told of once.
  for (const address of await suppressedAmong(db, [...latest.keys()])) latest.delete(address);
  if (latest.size === 0) return;
  const rows = [...latest].map(([address, { reason, at, detail, messageId }]) => ({
    ...{ id: newId(at), address, reason, since: at, lastAt: at, detail, messageId },
  }));
  await db
    .insertInto('mailTroubles')
    .values(rows)
    .onConflict((conflict) =>
      conflict.column('address').doUpdateSet((eb) => ({
        lastAt: eb.ref('excluded.lastAt'),
        detail: sql<string>`case when mail_troubles.reason = 'complained' then mail_troubles.detail
          else excluded.detail end`,
        reason: sql<Trouble['reason']>`case when mail_troubles.reason = 'complained'
          then 'complained' else excluded.reason end`,
        messageId: eb.ref('excluded.messageId'),
      })),
    )
    .execute();
}

/** Whether a fault is such a trouble: what our own program can't put into a mail tells nothing of the address. */
export const isOfServer = ({ kind, code }: Fault): boolean =>
  kind !== 'recipient' && !(kind === 'message' && code === null);

/** So long after the last trouble a mail that goes through shows that it is over. */
export const TROUBLE_LASTS = '7 days';

/** How many addresses mail did not arrive at since then, and how many mail was sent to. */
export async function undeliveredSince(
  db: DbOrTrx,
  since: Date,
): Promise<{ undelivered: number; mailed: number }> {
  const { rows } = await sql<{ undelivered: number; mailed: number }>`
    select
      (select count(*)::int from mail_troubles
        where reason = 'undelivered' and last_at > ${since}) as undelivered,
      (select count(distinct lower(to_address))::int from messages
        where to_address is not null and claimed_at > ${since}) as mailed`.execute(db);
  return rows[0]!;
}
