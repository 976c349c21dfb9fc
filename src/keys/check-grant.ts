import type { z } from 'zod';
import { type Actor, homeOf } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import type { KeyScopeAsGiven } from '../db/tables.ts';
import { type Fault, ForbiddenError, InvalidInputError } from '../errors.ts';
import { inScope } from '../policy/can.ts';
import { isNarrow } from '../policy/table.ts';
import { kindOf } from '../programs/kind-of.ts';
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
    ...(program.faults.length > 0 ? [] : kindFaults(ctx, wanted, program.id)),
    ...(await scopeFaults(trx, wanted.scope, program.id)),
    ...(WHOLE.has(wanted.role) && !('all' in wanted.scope)
      ? [{ pointer: '/scope', detail: `must be {"all": true} for ${WHOLE.get(wanted.role)}` }]
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
const WHOLE: ReadonlyMap<string, string> = new Map([
  ['administrator', 'an administrator'],
  ['webhook', 'a webhook'],
]);

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

/** Vendors reach what they have a contract for, and nobody else needs one. */
function kindFaults({ programs }: Context, wanted: NewKey, program: string | null): Fault[] {
  const kind = kindOf(programs, wanted.role, program);
  const isVendor = kind !== undefined && isNarrow(kind);
  if (isVendor === 'contract' in wanted.scope) return [];
  const detail = isVendor
    ? 'must be {"contract": ID}: the key of a vendor stands for its contract'
    : 'must name schools, districts or all: only the keys of vendors stand for a contract';
  return [{ pointer: '/scope', detail }];
}

async function scopeFaults(
  trx: Trx,
  scope: KeyScopeAsGiven,
  program: string | null,
): Promise<Fault[]> {
  if ('all' in scope) return [];
  if ('contract' in scope) return contractFaults(trx, scope.contract, program);
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

/** A contract is for a planning year, and that is of a program. */
async function contractFaults(trx: Trx, id: string, program: string | null): Promise<Fault[]> {
  const known = await trx
    .selectFrom('contracts as c')
    .innerJoin('planningYears as y', 'y.id', 'c.planningYearId')
    .select('c.id')
    .where('c.id', '=', id)
    .$if(program !== null, (query) => query.where('y.program', '=', program!))
    .executeTakeFirst();
  if (known) return [];
  return [{ pointer: '/scope/contract', detail: 'names no contract of the program' }];
}
