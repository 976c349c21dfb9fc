import type { RoleKind } from '../../calendar/shape.ts';
import type { Span } from './timeline.ts';

/**
 * Why a role can't be held for an organization of that kind; undefined where it can. One wrong code in
 * a file would else give a principal every school of the state.
 */
export function misplaced(
  role: RoleKind,
  organization: Span['organization']['kind'],
): string | undefined {
  if (organization === 'state' && !OF_THE_STATE.has(role))
    return 'is a role for a school or a district: for the whole state nobody holds it';
  if (organization === 'vendor' && role !== 'vendor') return 'is no role of a vendor';
  return undefined;
}

/** What becomes of a vendor's role is for its contracts to say. */
const OF_THE_STATE: ReadonlySet<RoleKind> = new Set(['state', 'coach', 'vendor']);
