import type { Grant } from '../actor.ts';
import type { Programs } from './programs.ts';

/** The kind of a role; undefined when no program has such a role (any more). */
export function kindOf(
  programs: Programs,
  role: string,
  program: string | null,
): Grant['kind'] | undefined {
  if (role === 'administrator') return 'state';
  if (role === 'dashboard' || role === 'webhook') return role;
  if (program === null) return undefined;
  return programs.get(program)?.pack.program.roles.find(({ id }) => id === role)?.kind;
}
