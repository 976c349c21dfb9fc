import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { LogEntry } from './state.ts';

/** What stands before the first entry of every log. */
export const GENESIS = Buffer.alloc(32);

/**
 * One entry sealed to the one before it: its canonical JSON (RFC 8785) and
 * SHA-256(previous hash ‖ text). The text is what is kept, since jsonb would reorder its keys.
 */
export function seal(previous: Buffer, entry: LogEntry): { text: string; hash: Buffer } {
  const text = canonicalize(entry);
  if (text === undefined) throw new Error('A log entry has no JSON form.');
  return { text, hash: link(previous, text) };
}

/** Where the chain breaks, or null: the first entry whose hash does not follow from those before. */
export function firstBreak(
  rows: { seq: number; entry: string; hash: Buffer }[],
  head: { seq: number; hash: Buffer },
): string | null {
  let previous: Buffer = GENESIS;
  for (const [index, row] of rows.entries()) {
    if (row.seq !== index + 1) return `entry ${index + 1} is missing`;
    previous = link(previous, row.entry);
    if (!previous.equals(row.hash)) return `entry ${row.seq} does not follow from the one before`;
  }
  if (rows.length !== head.seq || !previous.equals(head.hash))
    return `the log ends at entry ${rows.length}, but its year names entry ${head.seq} as the last`;
  return null;
}

/** The hash of an entry that follows `previous`. */
export const link = (previous: Buffer, text: string): Buffer =>
  createHash('sha256').update(previous).update(text).digest();
