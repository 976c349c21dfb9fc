import { timingSafeEqual } from 'node:crypto';
import { ForbiddenError } from '../errors.ts';
import { derived, hashOfSecret } from '../http/secrets.ts';

/** Where the forms of a page lead, and what they bring. */
export interface Place {
  /** What stands in front of every address, e.g. `/plans`; empty at the root of a host. */
  base: string;
  /** Sent back by the form, to show that it is ours. */
  proof: string;
}

/** What a form of a page sends back: it follows from a cookie, which no other site can read. */
export const proofOf = (cookie: string): string => derived(cookie, 'form');

/** @throws ForbiddenError when the form was not made for the browser with this cookie */
export function requireProof(cookie: string | null, proof: string): void {
  if (cookie === null || !timingSafeEqual(hashOfSecret(proof), hashOfSecret(proofOf(cookie))))
    throw new ForbiddenError(
      'This page was open for too long, or cookies are switched off. Go back, reload it, and try again.',
    );
}
