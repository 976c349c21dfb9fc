import type { z } from 'zod';
import { type Actor, homeOf } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import type { KeyScope } from '../db/tables.ts';
import { type Fault, ForbiddenError, InvalidInputError } from '../errors.ts';
import { inScope } from '../policy/can.ts';
import { todayOf } from '../programs/today.ts';
import { knownDistricts, knownSchools } from '../schools/store.ts';
import { expiryOf } from './expiry.ts';
import type { KeyGrant } from './key-store.ts';
import type { newKey } from './schemas.ts';

type NewKey = z.infer<typeof newKey>;

/**
 * What a wanted key will allow, in full. Nobody hands out more than they have.
 *
 * @throws InvalidInputError that names all that does not exist or is out of range
 * @throws ForbiddenError when it would reach beyond its maker's own key
 */
export async function grantOf(
  ctx: Context,
  trx: Trx,
  actor: Actor,
  wanted: NewKey,
): Promise<KeyGrant> {
  const program = programOf(ctx, actor, wanted);
  const today = todayOf(ctx.programs, homeOf(actor), ctx.clock.now());
  const expiry = expiryOf(today, wanted.expiresOn);
  const faults = [
    ...program.faults,
    ...(await scopeFaults(trx, wanted.scope)),
    ...(WHOLE[wanted.role] !== undefined && !('all' in wanted.scope)
      ? [{ pointer: '/scope', detail: `must be {"all": true} for ${WHOLE[wanted.role]}` }]
      : []),
    ...expiry.faults,
  ];
  if (faults.length > 0)
    throw new InvalidInputError('The key can’t be made like this; see errors.', faults);
  if (homeOf(actor) !== null && wanted.role === 'administrator')
    throw new ForbiddenError('Only an administrator makes the key of an administrator.');
  const { role, scope, label } = wanted;
  return { role, program: program.id, scope, label, expiresOn: expiry.expiresOn };
}

/** What has no part of the directory to work for. */
const WHOLE: Readonly<Record<string, string>> = {
  administrator: 'an administrator',
  webhook: 'a webhook',
};

function programOf(
  { programs }: Context,
  actor: Actor,
  { role, program }: NewKey,
): { id: string | null; faults: Fault[] } {
  const mine = programs.all.filter(({ id }) => inScope(actor, { program: id }));
  const named = mine.filter(({ id }) => program === undefined || id === program);
  const fault = (pointer: string, detail: string) => ({ id: null, faults: [{ pointer, detail }] });
  if (named.length === 0) return fault('/program', 'names no program');
  if (role === 'administrator')
    return program === undefined
      ? { id: null, faults: [] }
      : fault('/program', 'must be left out: an administrator works for every program');
  if (role === 'dashboard' || role === 'webhook')
    return { id: program ?? homeOf(actor), faults: [] };

  const having = named.filter(({ pack }) => pack.program.roles.some(({ id }) => id === role));
  if (having.length > 1) return fault('/program', 'is needed: several programs have such a role');
  if (having[0]) return { id: having[0].id, faults: [] };
  const roles = named.flatMap(({ pack }) => pack.program.roles.map(({ id }) => id));
  return fault(
    '/role',
    `is none of ${[...roles, 'dashboard', 'webhook', 'administrator'].join(', ')}`,
  );
}

async function scopeFaults(trx: Trx, scope: KeyScope): Promise<Fault[]> {
  if ('all' in scope) return [];
  if ('schools' in scope)
    return unknown('schools', scope.schools, await knownSchools(trx, scope.schools));
  return unknown('districts', scope.districts, await knownDistricts(trx, scope.districts));
}

const unknown = (kind: string, codes: string[], known: Set<string>): Fault[] =>
  codes.flatMap((code, at) =>
    known.has(code)
      ? []
      : [
          {
            pointer: `/scope/${kind}/${at}`,
            detail: `${JSON.stringify(code)} is not in the directory`,
          },
        ],
  );
