import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Db } from '../context.ts';
import { keptSecret } from '../db/kept-secret.ts';
import { isId } from '../ids.ts';

/** Who wants which kinds of reminders no longer. */
export interface Unsubscription {
  personId: string;
  /** As `program/rule`. */
  kinds: string[];
}

/**
 * The headers by which a mail program offers to switch a mail off with one click (RFC 2369, RFC
 * 8058). The address works for this person and these kinds alone.
 *
 * @param publicUrl where the API answers, without a trailing slash
 */
export function unsubscribeHeaders(
  secret: Buffer,
  publicUrl: string,
  unsubscription: Unsubscription,
): Record<string, string> {
  return {
    'List-Unsubscribe': `<${publicUrl}/unsubscribe/${tokenOf(secret, unsubscription)}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  };
}

/** A token says what it is for and is signed; nothing of it is stored. */
export function tokenOf(secret: Buffer, { personId, kinds }: Unsubscription): string {
  const content = Buffer.from([personId, ...kinds].join('\n')).toString('base64url');
  return `${content}.${signature(secret, content).toString('base64url')}`;
}

/** What a token is for; null when it was not made here. */
export function readToken(secret: Buffer, token: string): Unsubscription | null {
  const [content = '', signed = '', ...more] = token.split('.');
  const given = Buffer.from(signed, 'base64url');
  const right = signature(secret, content);
  if (more.length > 0 || given.length !== right.length || !timingSafeEqual(given, right))
    return null;
  const [personId = '', ...kinds] = Buffer.from(content, 'base64url').toString().split('\n');
  return isId(personId) ? { personId, kinds } : null;
}

/** The secret that tokens are signed with. */
export const unsubscribeSecret = (db: Db, now: Date): Promise<Buffer> =>
  keptSecret(db, 'unsubscribe', now);

const signature = (secret: Buffer, content: string): Buffer =>
  createHmac('sha256', secret).update(content).digest();
