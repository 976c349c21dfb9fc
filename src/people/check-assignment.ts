import type { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Trx } from '../context.ts';
import { type Fault, InvalidInputError } from '../errors.ts';
import { inScope } from '../policy/can.ts';
import type { Programs } from '../programs/programs.ts';
import { knownDistricts, knownSchools } from '../schools/store.ts';
import { lockedPerson } from './person-store.ts';
import type { newAssignment } from './schemas.ts';

/**
 * Holds an assignment against what exists, and locks its person.
 *
 * @throws InvalidInputError that names all that does not exist
 */
export async function checkAssignment(
  trx: Trx,
  programs: Programs,
  actor: Actor,
  { person, program, role, organization }: z.infer<typeof newAssignment>,
): Promise<void> {
  const faults: Fault[] = [];
  if (!(await lockedPerson(trx, person)))
    faults.push({ pointer: '/person', detail: 'names nobody: add the person first' });

  const file = inScope(actor, { program }) ? programs.get(program)?.pack.program : undefined;
  if (!file) faults.push({ pointer: '/program', detail: 'names no program' });
  else if (!file.roles.some(({ id }) => id === role))
    faults.push({
      pointer: '/role',
      detail: `is none of the program’s roles: ${file.roles.map(({ id }) => id).join(', ')}`,
    });

  const known = {
    state: async () => !file || organization.code === file.agency.code,
    district: async () => (await knownDistricts(trx, [organization.code])).size > 0,
    school: async () => (await knownSchools(trx, [organization.code])).size > 0,
  };
  if (!(await known[organization.kind]()))
    faults.push({
      pointer: '/organization/code',
      detail: `names no ${organization.kind}${file && organization.kind === 'state' ? `: the agency’s code is ${file.agency.code}` : ' of the directory'}`,
    });
  if (faults.length > 0)
    throw new InvalidInputError(
      'The assignment speaks of what does not exist; see errors.',
      faults,
    );
}
