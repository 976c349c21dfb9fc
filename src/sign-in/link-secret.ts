import { createHmac } from 'node:crypto';
import type { Db } from '../context.ts';
import { keptSecret } from '../db/kept-secret.ts';

/**
 * What the link of an attempt carries. It follows from the attempt and a secret of the installation,
 * so that every mail about the attempt holds the same link; it opens nothing without the cookie of the
 * browser that asked.
 */
export const linkSecret = (db: Db, attempt: string, now: Date): Promise<string> =>
  digest(db, 'link', attempt, now).then((bytes) => bytes.toString('base64url'));

/** A network address, as it is kept to count what it asks for: nobody reads it out of the database alone. */
export const askerOf = (db: Db, address: string, now: Date): Promise<Buffer> =>
  digest(db, 'asker', address, now);

async function digest(db: Db, what: 'link' | 'asker', of: string, now: Date): Promise<Buffer> {
  const secret = await keptSecret(db, 'signIn', now);
  return createHmac('sha256', secret).update(`${what}\0${of}`).digest();
}
