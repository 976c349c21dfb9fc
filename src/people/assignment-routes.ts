import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { conditional, etagOf, requireMatch } from '../http/etag.ts';
import { openPage } from '../http/paging.ts';
import { id, idOf, idParams, isoDate, line, listOf, nothing, pageQuery } from '../http/schemas.ts';
import { type Done, write } from '../http/write.ts';
import { todayOf } from '../programs/today.ts';
import {
  type Assignment,
  assignmentById,
  assignmentsPage,
  endOn,
  lockedAssignment,
  removeAssignment,
} from './assignment-store.ts';
import { checkAssignment } from './check-assignment.ts';
import { giveRole } from './give-role.ts';
import { handOver } from './hand-over.ts';
import { lockAssignments } from './import-assignments.ts';
import { somebody } from './person-of.ts';
import { subjectOf } from './places.ts';
import {
  assignmentEnd,
  assignmentView,
  handedOver,
  handOver as handOverBody,
  newAssignment,
} from './schemas.ts';

export function assignmentRoutes(app: App, ctx: Context): void {
  const subject = async (request: FastifyRequest) => {
    const named = idOf(request.params);
    const assignment = named === null ? undefined : await assignmentById(ctx.db, named);
    return assignment ? subjectOf(ctx.db, ctx.programs, assignment) : null;
  };
  const shared = { tags: ['People'] };

  app.get(
    '/v1/assignments',
    {
      config: { policy: 'assignments.manage' },
      schema: {
        ...shared,
        operationId: 'listAssignments',
        summary: 'Who holds which role',
        description:
          'In the order in which they were made. A principal and a district see those of the leadership teams of their own schools.',
        querystring: z.strictObject({
          person: id.optional().describe('Id of a person'),
          program: line(100).optional(),
          role: line(100).optional(),
          school: line(100).optional().describe('Code of a school'),
          district: line(100).optional().describe('Code of a district'),
          on: isoDate.optional().describe('Held on that day'),
          ...pageQuery,
        }),
        response: { 200: listOf(assignmentView) },
      },
    },
    async (request, reply) => {
      const page = openPage(request, reply, request.query, id);
      const rows = await assignmentsPage(ctx.db, ctx.programs, request.actor, request.query, page);
      return page.close(
        rows,
        (row) => row.id,
        (row) => row,
      );
    },
  );

  app.post(
    '/v1/assignments',
    {
      config: { policy: 'assignments.manage', etag: true },
      schema: {
        ...shared,
        operationId: 'addAssignment',
        summary: 'Give a person a role',
        description:
          'For one school, one district or the state, or, a vendor’s role, for a vendor, from a day on. Somebody who is named by address is added when nobody has it. An organization has one coordinator (role of kind coach) at a time: the open assignment of another ends on the day before.',
        body: newAssignment,
        response: { 201: assignmentView },
      },
    },
    (request, reply) =>
      write(ctx, request, reply, async (trx) => {
        const { role, organization, from, to } = request.body;
        await lockAssignments(trx);
        const { file, person } = await checkAssignment(
          trx,
          ctx.programs,
          request.actor,
          request.body,
        );
        const span = { role, organization, person, from, to };
        const added = await giveRole(trx, file, span, ctx.clock.now());
        return { ...done(added), status: 201, location: `/v1/assignments/${added.id}` };
      }),
  );

  app.get(
    '/v1/assignments/:id',
    {
      config: { policy: 'assignments.manage', subject, etag: true },
      schema: {
        ...shared,
        operationId: 'getAssignment',
        summary: 'One assignment',
        description: 'Who holds the role, where, and for which days.',
        params: idParams,
        response: { 200: assignmentView },
      },
    },
    async (request, reply) => {
      const assignment = await assignmentById(ctx.db, request.params.id);
      if (!assignment) throw missing();
      return conditional(request, reply, etagOf(assignment.version)) ? reply : assignment;
    },
  );

  app.delete(
    '/v1/assignments/:id',
    {
      config: { policy: 'assignments.manage', subject, ifMatch: true },
      schema: {
        ...shared,
        operationId: 'takeBackAssignment',
        summary: 'Take back an assignment',
        description:
          'One that was given by mistake: from the next request on nobody holds it. Only on its first day or before; what has been held for a day is ended and stays on record. Whoever it took over from is not put back.',
        params: idParams,
        response: { 204: nothing },
      },
    },
    (request, reply) =>
      write(ctx, request, reply, async (trx) => {
        await lockAssignments(trx);
        const assignment = await lockedAssignment(trx, request.params.id);
        if (!assignment) throw missing();
        requireMatch(request, assignment.version);
        if (assignment.from < todayOf(ctx.programs, assignment.program, ctx.clock.now()))
          throw new ConflictError(
            'assignment-held',
            `This assignment has been held since ${assignment.from}. End it instead, by its last day.`,
          );
        await removeAssignment(trx, assignment.id);
        return { status: 204 };
      }),
  );

  app.post(
    '/v1/assignments/:id/end',
    {
      config: { policy: 'assignments.manage', subject, ifMatch: true, etag: true },
      schema: {
        ...shared,
        operationId: 'endAssignment',
        summary: 'End an assignment',
        description: 'Sets its last day. The assignment stays on record.',
        params: idParams,
        body: assignmentEnd,
        response: { 200: assignmentView },
      },
    },
    (request, reply) =>
      write(ctx, request, reply, async (trx) => {
        const precondition = (version: number) => requireMatch(request, version);
        const { toOn } = request.body;
        return done(await endOn(trx, request.params.id, toOn, precondition));
      }),
  );

  app.post(
    '/v1/assignments/:id/hand-over',
    {
      config: { policy: 'assignments.manage', subject, ifMatch: true, etag: true },
      schema: {
        ...shared,
        operationId: 'handOverAssignment',
        summary: 'Let a successor take over',
        description:
          'In one call: the predecessor’s last day is the day before `from`; from then on open tasks, links and reminders are the successor’s, and the predecessor gets no mail and sees nothing.',
        params: idParams,
        body: handOverBody,
        response: { 201: handedOver },
      },
    },
    (request, reply) =>
      write(ctx, request, reply, async (trx) => {
        await lockAssignments(trx);
        const assignment = await lockedAssignment(trx, request.params.id);
        if (!assignment) throw missing();
        requireMatch(request, assignment.version);
        const { successor, from } = request.body;
        const person = await somebody(trx, ctx.programs, request.actor, successor);
        if (!person)
          throw new InvalidInputError('There is no such person.', [
            { pointer: '/successor', detail: 'names nobody: send a name and an address' },
          ]);
        const { program } = ctx.programs.get(assignment.program)!.pack;
        const both = await handOver(trx, program, assignment, person, from, ctx.clock.now());
        const location = `/v1/assignments/${both.successor.id}`;
        return { status: 201, body: both, etag: etagOf(both.successor.version), location };
      }),
  );
}

const missing = () => new NotFoundError('There is no such assignment.');

const done = (assignment: Assignment): Done => ({
  status: 200,
  body: assignment,
  etag: etagOf(assignment.version),
});
