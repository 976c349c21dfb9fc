import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { instantOf } from '../db/instant.ts';
import { etagOf } from '../http/etag.ts';
import { can } from '../policy/can.ts';
import type { PolicyRow } from '../policy/table.ts';
import type { HeldRole, RefusedRow } from './refused-addresses.ts';
import type { RefusedAddress } from './refused-schemas.ts';

/** An address to mend as the API tells it, and the page that makes it of this. */
export function refusedView(
  { programs }: Pick<Context, 'programs'>,
  actor: Actor,
  row: RefusedRow,
): RefusedAddress {
  const programOf = ({ program }: HeldRole) => programs.get(program)!.pack.program;
  const roles = row.held.filter(({ program }) => programs.get(program));
  return {
    id: row.id,
    person: { id: row.personId, name: row.name },
    address: row.email,
    reason: row.reason,
    said: row.detail,
    since: instantOf(row.since),
    roles: roles.map((held) => ({
      program: held.program,
      role: held.role,
      roleTitle: programOf(held).roles.find((role) => role.id === held.role)?.title ?? held.role,
      assignment: held.assignment,
      organization: {
        kind: held.kind,
        code: held.code,
        name: held.name ?? programOf(held).agency.name,
      },
    })),
    planningYears: Number(row.planningYears),
    next: stepsFor(actor, row, [...new Set(roles.map((held) => programOf(held).agency.name))]),
  };
}

const HINTS: Record<RefusedRow['reason'], string> = {
  refused: 'They get other email there: send to the address again.',
  bounced: 'They get other email there: send to the address again.',
  undelivered: 'They get our email again: take it off this list.',
  complained: 'They know what these emails are: take it off this list.',
};

/** A new address is the state's to enter, since whoever changes one can sign in by it. */
function stepsFor(actor: Actor, row: RefusedRow, agencies: string[]): RefusedAddress['next'] {
  const may = (policy: PolicyRow) => {
    const allowed = can(actor, policy, null) === 'yes';
    return { allowed, ask: allowed ? [] : agencies };
  };
  return [
    {
      when: 'addressWorks',
      hint: HINTS[row.reason],
      method: 'POST',
      path: `/v1/mail/suppressions/${row.id}/release`,
      operationId: 'releaseSuppression',
      ifMatch: etagOf(1),
      ...may('addresses.mend'),
    },
    {
      when: 'addressWrong',
      hint: 'It is mistyped or given up: enter the one that they name.',
      method: 'PATCH',
      path: `/v1/people/${row.personId}`,
      operationId: 'changePerson',
      ifMatch: etagOf(row.personVersion),
      ...may('people.manage'),
    },
    ...[...new Set(row.held.map(({ assignment }) => assignment))].map((assignment) => ({
      when: 'personLeft' as const,
      hint: 'They have left: end the role, or hand it over to who follows.',
      method: 'POST' as const,
      path: `/v1/assignments/${assignment}/end`,
      operationId: 'endAssignment',
      ifMatch: null,
      ...may('assignments.manage'),
    })),
  ];
}
