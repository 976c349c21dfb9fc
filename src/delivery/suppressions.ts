import type { Selectable } from 'kysely';
import type { Db, DbOrTrx, Trx } from '../context.ts';
import type { MailTroublesTable, SuppressionsTable } from '../db/tables.ts';
import { newId } from '../ids.ts';

export interface Suppression {
  id: string;
  /** In lower case. */
  address: string;
  reason: SuppressionsTable['reason'];
  since: Date;
  /** What the mail server said. */
  detail: string;
  messageId: string | null;
}

/**
 * Sends nothing more to these addresses, until they are released, or their people have another.
 * What is suppressed already stays as it is.
 */
export async function suppress(
  db: DbOrTrx,
  found: readonly Omit<Suppression, 'id'>[],
): Promise<void> {
  if (found.length === 0) return;
  const rows = found.map((one) => ({
    ...one,
    id: newId(one.since),
    address: one.address.toLowerCase(),
  }));
  await db
    .insertInto('suppressions')
    .values(rows)
    .onConflict((conflict) => conflict.column('address').doNothing())
    .execute();
  // Who gets nothing at all is told of once.
  await db
    .deleteFrom('mailTroubles')
    .where('address', 'in', [...new Set(rows.map(({ address }) => address))])
    .execute();
}

/** Those of the addresses, in lower case, that nothing is sent to. */
export async function suppressedAmong(
  db: DbOrTrx,
  addresses: readonly string[],
): Promise<string[]> {
  if (addresses.length === 0) return [];
  const rows = await db
    .selectFrom('suppressions')
    .select('address')
    .where('address', 'in', addresses)
    .execute();
  return rows.map(({ address }) => address);
}

export async function isSuppressed(db: DbOrTrx, address: string): Promise<boolean> {
  const row = await db
    .selectFrom('suppressions')
    .select('id')
    .where('address', '=', address.toLowerCase())
    .executeTakeFirst();
  return row !== undefined;
}

/** By address. */
export function suppressionPage(
  db: Db,
  page: { after: string | null; fetch: number },
): Promise<Suppression[]> {
  let rows = db.selectFrom('suppressions').selectAll().orderBy('address').limit(page.fetch);
  if (page.after !== null) rows = rows.where('address', '>', page.after);
  return rows.execute();
}

/** Sends to the address again: the next scan takes up what was held. */
export const release = (trx: Trx, id: string): Promise<Suppression | undefined> =>
  trx.deleteFrom('suppressions').where('id', '=', id).returningAll().executeTakeFirst();

export type Settled = Selectable<MailTroublesTable>;

/** Takes a trouble that keeps no mail back off the list. */
export const settleTrouble = (trx: Trx, id: string): Promise<Settled | undefined> =>
  trx.deleteFrom('mailTroubles').where('id', '=', id).returningAll().executeTakeFirst();
