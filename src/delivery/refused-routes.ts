import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { NotFoundError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { etagOf } from '../http/etag.ts';
import { openPage } from '../http/paging.ts';
import { id, idOf, idParams, pageQuery } from '../http/schemas.ts';
import { can } from '../policy/can.ts';
import type { PolicyRow } from '../policy/table.ts';
import {
  type HeldRole,
  type RefusedRow,
  refusedById,
  refusedPage,
  refusedSubject,
} from './refused-addresses.ts';
import { type RefusedAddress, refusedAddress, refusedAddresses } from './refused-schemas.ts';

/** What a coordinator is to see mended: people who hold a role and whose address refuses mail. */
export function refusedAddressRoutes(app: App, ctx: Context): void {
  const subject = (request: FastifyRequest) =>
    refusedSubject(ctx, request.actor, idOf(request.params));
  const shared = { tags: ['Reminders'] };

  app.get('/v1/mail/refused-addresses', {
    config: { policy: 'addresses.mend' },
    schema: {
      ...shared,
      operationId: 'listRefusedAddresses',
      summary: 'List addresses to mend',
      description:
        'People who hold a role today and whose address refuses mail, the oldest first. Whoever coordinates their places is told of each once; where nobody does, or their own address is refused, the state is. An item is gone as soon as the address is changed or released, or its person holds no role any more.',
      querystring: z.strictObject(pageQuery),
      response: { 200: refusedAddresses },
    },
    handler: async (request, reply) => {
      const page = openPage(request, reply, request.query, id);
      const rows = await refusedPage(ctx, request.actor, page);
      return page.close(
        rows,
        (row) => row.id,
        (row) => viewOf(ctx, request.actor, row),
      );
    },
  });

  app.get('/v1/mail/refused-addresses/:id', {
    config: { policy: 'addresses.mend', subject },
    schema: {
      ...shared,
      operationId: 'getRefusedAddress',
      summary: 'One address to mend',
      description:
        'Whose it is, what they do where, what the mail server said, and what to do next. 404 when it is mended.',
      params: idParams,
      response: { 200: refusedAddress },
    },
    handler: async (request) => {
      const row = await refusedById(ctx, request.actor, request.params.id);
      if (!row) throw new NotFoundError('There is nothing to mend here any more.');
      return viewOf(ctx, request.actor, row);
    },
  });
}

function viewOf(ctx: Context, actor: Actor, row: RefusedRow): RefusedAddress {
  const { programs } = ctx;
  const programOf = ({ program }: HeldRole) => programs.get(program)!.pack.program;
  const roles = row.held.filter(({ program }) => programs.get(program));
  return {
    id: row.id,
    person: { id: row.personId, name: row.name },
    address: row.email,
    reason: row.reason,
    said: row.detail,
    since: row.since.toISOString(),
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

/** A new address is the state's to enter, since whoever changes one can sign in by it. */
function stepsFor(actor: Actor, row: RefusedRow, agencies: string[]): RefusedAddress['next'] {
  const may = (policy: PolicyRow) => {
    const allowed = can(actor, policy, null) === 'yes';
    return { allowed, ask: allowed ? [] : agencies };
  };
  return [
    {
      when: 'addressWorks',
      hint: 'They get other mail there again: send to the address again.',
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
