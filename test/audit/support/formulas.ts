import { createHash } from 'node:crypto';

/** The formulas of docs/evidence.md, written from it alone: nothing here comes from src/. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** RFC 8785: keys in the order of their UTF-16 units, no spaces; JavaScript's own numbers and strings. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const pairs = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key]!)}`);
  return `{${pairs.join(',')}}`;
}

export const sha256 = (...parts: (string | Buffer)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The hashes of a log's entries. */
export function chainOf(texts: readonly string[]): Buffer[] {
  const hashes: Buffer[] = [];
  for (const text of texts) hashes.push(sha256(hashes.at(-1) ?? Buffer.alloc(32), text));
  return hashes;
}

export const headLeaf = (head: { [key: string]: Json }): string =>
  sha256('head\n', canonical(head)).toString('hex');

export const factLeaf = (fact: { [key: string]: Json }): string =>
  sha256('audit\n', canonical(fact)).toString('hex');

export const sealOf = (
  previous: string,
  day: string,
  sealedAt: string,
  leaves: readonly string[],
): string => sha256([previous, day, sealedAt, ...[...leaves].sort()].join('\n')).toString('hex');

export const ZEROS = '0'.repeat(64);
