import type { z } from 'zod';
import type { ProgramFile } from '../../calendar/shape.ts';
import type { Actor } from '../actor.ts';
import type { Trx } from '../context.ts';
import { type Fault, ForbiddenError, InvalidInputError } from '../errors.ts';
import { can } from '../policy/can.ts';
import type { Programs } from '../programs/programs.ts';
import { knownDistricts, knownSchools } from '../schools/store.ts';
import type { Assignment } from './assignment-store.ts';
import { knownVendors } from './known-vendors.ts';
import { type Named, somebody } from './person-of.ts';
import { subjectOf } from './places.ts';
import { misplaced } from './role-places.ts';
import type { newAssignment } from './schemas.ts';

/**
 * Holds an assignment against what exists and what the actor may give, and locks its person.
 *
 * @throws InvalidInputError that names all that does not exist, or that the actor does not reach
 * @throws ForbiddenError when such a role there is not the actor's to give
 */
export async function checkAssignment(
  trx: Trx,
  programs: Programs,
  actor: Actor,
  { person, program, role, organization }: z.infer<typeof newAssignment>,
): Promise<{ file: ProgramFile; person: Named }> {
  const faults: Fault[] = [];
  const found = await somebody(trx, programs, actor, person);
  if (!found) faults.push({ pointer: '/person', detail: 'names nobody: add the person first' });

  const file = programs.get(program)?.pack.program;
  const known = file?.roles.find(({ id }) => id === role);
  if (!file) faults.push({ pointer: '/program', detail: 'names no program' });
  else if (!known)
    faults.push({
      pointer: '/role',
      detail: `is none of the program’s roles: ${file.roles.map(({ id }) => id).join(', ')}`,
    });
  else {
    const detail = misplaced(file, role, organization.kind);
    if (detail) faults.push({ pointer: '/role', detail });
  }

  const about = await subjectOf(trx, programs, { person: null, program, role, organization });
  const answer = can(actor, 'assignments.manage', about);
  if (answer === 'outOfScope' || !(await exists(trx, file, organization)))
    faults.push({
      pointer: '/organization/code',
      detail: `names no ${organization.kind}${file && organization.kind === 'state' ? `: the agency’s code is ${file.agency.code}` : ''}`,
    });
  if (faults.length > 0 || !file || !found)
    throw new InvalidInputError(
      'The assignment speaks of what does not exist; see errors.',
      faults,
    );
  if (answer === 'no')
    throw new ForbiddenError(
      'This role is for the state to give. Ask it, or give a role of a team.',
    );
  return { file, person: found };
}

async function exists(
  trx: Trx,
  file: ProgramFile | undefined,
  { kind, code }: Assignment['organization'],
): Promise<boolean> {
  switch (kind) {
    case 'state':
      return !file || code === file.agency.code;
    case 'district':
      return (await knownDistricts(trx, [code])).size > 0;
    case 'school':
      return (await knownSchools(trx, [code])).size > 0;
    case 'vendor':
      return (await knownVendors(trx, [code])).size > 0;
    default:
      return kind satisfies never;
  }
}
