import type { RoleKind } from '../calendar/shape.ts';
import type { KeyScope } from './db/tables.ts';

/** Who asks. The log names actors by id and role, never by name. */
export interface Actor {
  /** `key:<id>`, `bootstrap`, `clock`, `demo`. */
  id: string;
  kind: RoleKind | 'dashboard' | 'system';
  /** Role id of a program, `administrator`, `dashboard` or `clock`. */
  role: string;
  /** The program whose role it is; null for an administrator: every program. */
  program: string | null;
  scope: KeyScope;
}

/** What the log keeps of an actor. */
export interface Witness {
  id: string;
  role: string;
}

export const witness = ({ id, role }: Actor): Witness => ({ id, role });

/** Time itself. */
export const clockActor: Actor = {
  id: 'clock',
  kind: 'system',
  role: 'clock',
  program: null,
  scope: { all: true },
};
