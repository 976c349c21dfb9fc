import type { DbOrTrx, Trx } from '../context.ts';
import { hashOfSecret, newSecret } from '../http/secrets.ts';
import { newId } from '../ids.ts';

export interface Feed {
  id: string;
  label: string;
  createdAt: Date;
  revokedAt: Date | null;
}

const COLUMNS = ['id', 'label', 'createdAt', 'revokedAt'] as const;

/** @returns the feed with the token of its address, which is not kept */
export async function addFeed(
  trx: Trx,
  personId: string,
  label: string,
  now: Date,
): Promise<Feed & { token: string }> {
  const token = newSecret();
  const feed = await trx
    .insertInto('feeds')
    .values({
      id: newId(now),
      personId,
      tokenHash: hashOfSecret(token),
      label,
      createdAt: now,
      revokedAt: null,
    })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow();
  return { ...feed, token };
}

export const feedsOf = (
  db: DbOrTrx,
  personId: string,
  page: { after: string | null; fetch: number },
): Promise<Feed[]> =>
  db
    .selectFrom('feeds')
    .select(COLUMNS)
    .where('personId', '=', personId)
    .$if(page.after !== null, (feeds) => feeds.where('id', '>', page.after!))
    .orderBy('id')
    .limit(page.fetch)
    .execute();

/** Undefined when the person has no such feed. */
export const feedById = (db: DbOrTrx, personId: string, id: string): Promise<Feed | undefined> =>
  db
    .selectFrom('feeds')
    .select(COLUMNS)
    .where('personId', '=', personId)
    .where('id', '=', id)
    .executeTakeFirst();

export async function revokeFeed(trx: Trx, id: string, now: Date): Promise<void> {
  await trx
    .updateTable('feeds')
    .set({ revokedAt: now })
    .where('id', '=', id)
    .where('revokedAt', 'is', null)
    .execute();
}

/** Whose deadlines an address tells; undefined when it is unknown or revoked. */
export const readerOf = (db: DbOrTrx, token: string) =>
  db
    .selectFrom('feeds as f')
    .innerJoin('people as p', 'p.id', 'f.personId')
    .leftJoin('preferences as w', 'w.personId', 'p.id')
    .select(['p.id', 'p.name', 'w.language'])
    .where('f.tokenHash', '=', hashOfSecret(token))
    .where('f.revokedAt', 'is', null)
    .executeTakeFirst();
