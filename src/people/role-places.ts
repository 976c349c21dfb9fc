import type { ProgramFile } from '../../calendar/shape.ts';
import { isNarrow } from '../policy/table.ts';
import type { Assignment } from './assignment-store.ts';

/**
 * Why a role isn't held at an organization of such a kind; null when it may be. A vendor's people
 * work for the vendor: what lets them reach a school is its contract, and nothing else.
 */
export function misplaced(
  { roles }: ProgramFile,
  role: string,
  at: Assignment['organization']['kind'],
): string | null {
  const isVendors = roles.some(({ id, kind }) => id === role && isNarrow(kind));
  if (isVendors === (at === 'vendor')) return null;
  return isVendors
    ? 'is a vendor’s: give it at the vendor, whose contracts let its people reach schools'
    : 'is no role of a vendor';
}
