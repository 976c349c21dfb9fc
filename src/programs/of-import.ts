import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { InvalidInputError } from '../errors.ts';
import { inScope } from '../policy/can.ts';
import type { Program } from './programs.ts';

/** The program whose file is imported: named, or the only one that is about schools. */
export function programOfImport(
  { programs }: Pick<Context, 'programs'>,
  actor: Actor,
  named: string | undefined,
): Program {
  const candidates = programs.all.filter(
    ({ id, pack }) =>
      inScope(actor, { program: id }) &&
      (named === undefined ? pack.program.unit === 'school' : id === named),
  );
  const [only] = candidates;
  if (only && candidates.length === 1) return only;
  throw new InvalidInputError('Say whose file this is.', [
    {
      pointer: '?program',
      detail: `must be one of ${programs.all.map(({ id }) => id).join(', ')}`,
    },
  ]);
}
