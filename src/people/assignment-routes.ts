import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { InvalidInputError, NotFoundError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { conditional, etagOf, requireMatch } from '../http/etag.ts';
import { openPage } from '../http/paging.ts';
import { id, idOf, idParams, isoDate, line, listOf, pageQuery } from '../http/schemas.ts';
import { type Done, write } from '../http/write.ts';
import {
  type Assignment,
  addAssignment,
  assignmentById,
  assignmentsPage,
  endAssignment,
  lockedAssignment,
} from './assignment-store.ts';
import { checkAssignment } from './check-assignment.ts';
import { assignmentEnd, assignmentView, newAssignment } from './schemas.ts';

export function assignmentRoutes(app: App, ctx: Context): void {
  const subject = async (request: FastifyRequest) => {
    const named = idOf(request.params);
    const assignment = named === null ? undefined : await assignmentById(ctx.db, named);
    return assignment ? { program: assignment.program } : null;
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
        description: 'In the order in which they were made.',
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
      const rows = await assignmentsPage(ctx.db, request.actor, request.query, page);
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
        description: 'For one school, one district or the state, from a day on.',
        body: newAssignment,
        response: { 201: assignmentView },
      },
    },
    (request, reply) =>
      write(ctx, request, reply, async (trx) => {
        await checkAssignment(trx, ctx.programs, request.actor, request.body);
        const added = await addAssignment(trx, request.body, ctx.clock.now());
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
        const assignment = await lockedAssignment(trx, request.params.id);
        if (!assignment) throw missing();
        const { toOn } = request.body;
        if (toOn < assignment.from)
          throw new InvalidInputError('An assignment ends on or after its first day.', [
            { pointer: '/toOn', detail: `must not be before ${assignment.from}` },
          ]);
        requireMatch(request, assignment.version);
        return done(await endAssignment(trx, assignment, toOn));
      }),
  );
}

const missing = () => new NotFoundError('There is no such assignment.');

const done = (assignment: Assignment): Done => ({
  status: 200,
  body: assignment,
  etag: etagOf(assignment.version),
});
