import type { RoleKind } from '../calendar/shape.ts';
import type { KeyScope } from './db/tables.ts';

/** One role, and where it is held. */
export interface Grant {
  kind: RoleKind | 'dashboard' | 'webhook' | 'system';
  /** Role id of a program, `administrator`, `dashboard`, `webhook` or `clock`. */
  role: string;
  /** The program whose role it is; null for an administrator: every program. */
  program: string | null;
  scope: KeyScope;
}

/** Who asks. The log names actors by id and role, never by name. */
export interface Actor {
  /** `person:<id>`, `key:<id>`, `bootstrap`, `clock`, `demo`. */
  id: string;
  /** The person's id; null for a program. */
  person: string | null;
  /** A key has one; a person as many as they hold roles. What they act by stands first. */
  grants: readonly Grant[];
}

/** What the log keeps of an actor. */
export interface Witness {
  id: string;
  role: string;
}

export const witness = ({ id, grants: [first] }: Actor): Witness => ({
  id,
  role: first?.role ?? 'none',
});

/** Whoever is no person: a key, or a part of the engine. */
export const actorWith = (id: string, grant: Grant): Actor => ({
  id,
  person: null,
  grants: [grant],
});

/** The program that the actor is at home in; null when they work for every one. */
export const homeOf = ({ grants: [first] }: Actor): string | null => first?.program ?? null;

/** Time itself. */
export const clockActor = actorWith('clock', {
  kind: 'system',
  role: 'clock',
  program: null,
  scope: { all: true },
});
