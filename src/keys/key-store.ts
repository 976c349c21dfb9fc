import type { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Db, DbOrTrx, Trx } from '../context.ts';
import { instantOf } from '../db/instant.ts';
import type { KeyScopeAsGiven } from '../db/tables.ts';
import { hashOfSecret, newSecret } from '../http/secrets.ts';
import { newId } from '../ids.ts';
import { whereCan } from '../policy/where.ts';
import type { keyView } from './schemas.ts';

export type Key = z.infer<typeof keyView>;

export interface KeyGrant {
  role: string;
  program: string | null;
  scope: KeyScopeAsGiven;
  label: string;
  expiresOn: string;
}

/** Makes a key and stores its digest. The key itself is in the result and nowhere else. */
export async function addKey(
  trx: Trx,
  grant: KeyGrant,
  createdBy: string,
  now: Date,
  replaces: string | null = null,
): Promise<Key & { key: string }> {
  const key = `py_${newSecret()}`;
  const row = await trx
    .insertInto('apiKeys')
    .values({
      ...grant,
      id: newId(now),
      prefix: key.slice(0, 9),
      hash: hashOfSecret(key),
      scope: JSON.stringify(grant.scope),
      revokedAt: null,
      lastUsedAt: null,
      createdBy,
      createdAt: now,
      replaces,
      demo: false,
    })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow();
  return { ...keyOf(row), key };
}

/** Undefined when there is no such key, or the actor has nothing to do with it. */
export async function keyById(db: DbOrTrx, actor: Actor, id: string): Promise<Key | undefined> {
  const row = await visibleKeys(db, actor).where('id', '=', id).executeTakeFirst();
  return row && keyOf(row);
}

/** In the order in which they were made. */
export async function keysPage(
  db: Db,
  actor: Actor,
  page: { after: string | null; fetch: number },
): Promise<Key[]> {
  const rows = await visibleKeys(db, actor)
    .$if(page.after !== null, (query) => query.where('id', '>', page.after!))
    .orderBy('id')
    .limit(page.fetch)
    .execute();
  return rows.map(keyOf);
}

/** The key, which nobody else changes until the transaction ends. */
export async function lockedKey(trx: Trx, actor: Actor, id: string): Promise<Key | undefined> {
  const row = await visibleKeys(trx, actor).where('id', '=', id).forUpdate().executeTakeFirst();
  return row && keyOf(row);
}

/** Whether a second key is good today: made in the place of this one, or the one that this replaces. */
export async function hasTwin(
  trx: Trx,
  { id, replaces }: Pick<Key, 'id' | 'replaces'>,
  today: string,
): Promise<boolean> {
  const row = await trx
    .selectFrom('apiKeys')
    .select('id')
    .where((eb) => eb.or([eb('replaces', '=', id), eb('id', '=', replaces)]))
    .where('revokedAt', 'is', null)
    .where('expiresOn', '>=', today)
    .executeTakeFirst();
  return row !== undefined;
}

/** From the next request on the key is refused. The row stays: the log names actors by key. */
export async function revokeKey(trx: Trx, id: string, now: Date): Promise<void> {
  await trx
    .updateTable('apiKeys')
    .set({ revokedAt: now })
    .where('id', '=', id)
    .where('revokedAt', 'is', null)
    .execute();
}

const COLUMNS = [
  'id',
  'prefix',
  'role',
  'program',
  'scope',
  'label',
  'expiresOn',
  'createdAt',
  'lastUsedAt',
  'revokedAt',
  'replaces',
] as const;

/** A key of every program concerns only those who work for every program. */
const visibleKeys = (db: DbOrTrx, actor: Actor) =>
  db
    .selectFrom('apiKeys')
    .select(COLUMNS)
    .where((eb) => whereCan(eb, actor, 'keys.manage', { program: 'program' }));

type Row = Awaited<ReturnType<ReturnType<typeof visibleKeys>['executeTakeFirstOrThrow']>>;

const keyOf = ({ createdAt, lastUsedAt, revokedAt, ...rest }: Row): Key => ({
  ...rest,
  createdAt: instantOf(createdAt),
  lastUsedAt: lastUsedAt && instantOf(lastUsedAt),
  revokedAt: revokedAt && instantOf(revokedAt),
  // A key changes once in its life.
  version: revokedAt === null ? 1 : 2,
});
