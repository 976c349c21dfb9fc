import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { BelongsTo } from '../planning-years/belongs-to.ts';

/** The head of a planning year's log when a day was sealed; hashes in hex. */
export interface SealedHead {
  planningYear: string;
  seq: number;
  hash: string;
  /** Whose it was; null in seals of releases that did not tell. */
  belongsTo: BelongsTo | null;
}

/** What was witnessed, as it is exported. */
export interface AuditEntry {
  id: string;
  /** ISO instant, UTC. */
  at: string;
  kind: string;
  actor: string;
  requestId: string | null;
  planningYear: string | null;
  detail: Record<string, unknown>;
}

/**
 * What a seal is made over: SHA-256 of the canonical JSON (RFC 8785) of one sealed thing, in hex. A
 * part of the sealed things can be shown with their leaves, and the others by their leaves alone.
 * docs/evidence.md tells the formulas to whoever wants to recompute them.
 */
export const headLeaf = ({ planningYear, seq, hash, belongsTo }: SealedHead): string =>
  sha256(`head\n${canonicalize({ planningYear, seq, hash, ...(belongsTo && { belongsTo }) })}`);

export const auditLeaf = (entry: AuditEntry): string => {
  const { id, at, kind, actor, requestId, planningYear, detail } = entry;
  return sha256(`audit\n${canonicalize({ id, at, kind, actor, requestId, planningYear, detail })}`);
};

/** SHA-256 over the seal before, the day, the instant, and the leaves in their order; in hex. */
export const sealDigest = (
  previous: string,
  sealedOn: string,
  sealedAt: string,
  leaves: string[],
): string => sha256([previous, sealedOn, sealedAt, ...leaves.toSorted()].join('\n'));

/** What stands before the first seal. */
export const NO_SEAL = '0'.repeat(64);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
