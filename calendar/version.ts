import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Pack } from './shape.ts';

/** What years are pinned to. */
export type Calendar = Pick<Pack, 'program' | 'months'>;

/** First 12 hex digits of the SHA-256 of the canonical JSON (RFC 8785) of program and months. */
export const versionOf = ({ program, months }: Calendar): string =>
  createHash('sha256').update(canonicalize({ program, months })!).digest('hex').slice(0, 12);
