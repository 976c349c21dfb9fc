import { randomBytes } from 'node:crypto';
import type { Db, DbOrTrx } from '../context.ts';

// Never changes once it is there, and is needed again and again.
const known = new WeakMap<Db, Map<string, Promise<Buffer>>>();

/** The installation's secret for one purpose: 32 random bytes, made when it is first needed. */
export function keptSecret(db: Db, purpose: string, now: Date): Promise<Buffer> {
  const ofDatabase = known.get(db) ?? new Map<string, Promise<Buffer>>();
  known.set(db, ofDatabase);
  const secret = ofDatabase.get(purpose) ?? findOrMake(db, purpose, now);
  ofDatabase.set(purpose, secret);
  secret.catch(() => ofDatabase.delete(purpose));
  return secret;
}

/** Found first: where nothing can be written, what is there already is still needed. */
async function findOrMake(db: DbOrTrx, purpose: string, now: Date): Promise<Buffer> {
  const found = await find(db, purpose);
  if (found) return found.value;
  await db
    .insertInto('secrets')
    .values({ purpose, value: randomBytes(32), createdAt: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return (await find(db, purpose))!.value;
}

const find = (db: DbOrTrx, purpose: string) =>
  db.selectFrom('secrets').select('value').where('purpose', '=', purpose).executeTakeFirst();
