import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/**
 * Keeps an answer that holds a secret readable only for whoever asked for it: it is encrypted with
 * the credential of the request, of which nothing but a digest is stored.
 */
export function seal(text: string, credential: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(credential), nonce);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return MARK + Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
}

/** What {@link seal} kept; a text that is not sealed comes back as it is. */
export function unseal(text: string, credential: string): string {
  if (!text.startsWith(MARK)) return text;
  const bytes = Buffer.from(text.slice(MARK.length), 'base64');
  const decipher = createDecipheriv(CIPHER, keyOf(credential), bytes.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const opened = [decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()];
  return Buffer.concat(opened).toString('utf8');
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** No JSON text begins like this. */
const MARK = 'sealed:';

const keyOf = (credential: string): Buffer =>
  createHash('sha256').update(`sealed answer\0${credential}`).digest();
