import { hash, randomBytes } from 'node:crypto';

/** A new UUIDv7 (RFC 9562): opaque, and in the order of creation. */
export const newId = (now: Date): string => uuidV7(now.getTime(), randomBytes(10));

/**
 * The UUIDv7 of a part of something: the time of its owner, and bits that follow from its name. The
 * same owner and name give the same id, so what is derived from the log can be derived again.
 */
export function partId(owner: string, name: string): string {
  const millis = Number.parseInt(owner.replaceAll('-', '').slice(0, 12), 16);
  return uuidV7(millis, hash('sha256', `${owner}\0${name}`, 'buffer'));
}

export const isId = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(text);

function uuidV7(millis: number, random: Buffer): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(millis, 0, 6);
  random.copy(bytes, 6, 0, 10);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [0, 8, 12, 16, 20].map((at, i) => hex.slice(at, [8, 12, 16, 20, 32][i])).join('-');
}
