import type { ProgramFile, RoleKind } from '../../calendar/shape.ts';
import { isNarrow } from '../policy/table.ts';
import type { Assignment } from './assignment-store.ts';

/**
 * Why a role isn't held at an organization of such a kind; null when it may be. A vendor's people
 * work for the vendor: what lets them reach a school is its contract, and nothing else. And one wrong
 * code in a file would else give a principal every school of the state.
 */
export function misplaced(
  { roles }: ProgramFile,
  role: string,
  at: Assignment['organization']['kind'],
): string | null {
  const kind = roles.find(({ id }) => id === role)?.kind;
  if (kind === undefined) return null;
  if (isNarrow(kind) && at !== 'vendor')
    return 'is a vendor’s: give it at the vendor, whose contracts let its people reach schools';
  if (!isNarrow(kind) && at === 'vendor') return 'is no role of a vendor';
  if (at === 'state' && !OF_THE_STATE.has(kind))
    return 'is a role for a school or a district: for the whole state nobody holds it';
  return null;
}

const OF_THE_STATE: ReadonlySet<RoleKind> = new Set(['state', 'coach']);
