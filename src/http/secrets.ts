import { createHash, hash, randomBytes } from 'node:crypto';

/** 32 random bytes, as they stand in a key, a cookie or a link. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** What is stored of a secret. It is random and long, so a plain digest can't be guessed back. */
export const hashOfSecret = (secret: string): Buffer => hash('sha256', secret, 'buffer');

/** A secret that follows from another for one purpose, and tells nothing of it. */
export const derived = (secret: string, ...purpose: string[]): string =>
  createHash('sha256')
    .update([secret, ...purpose].join('\0'))
    .digest('base64url');
