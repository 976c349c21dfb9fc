import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context } from '../context.ts';
import type { App, VersionOf } from '../http/app.ts';
import { conditional, requireMatch } from '../http/etag.ts';
import { openPage } from '../http/paging.ts';
import { idOf, idParams, isoDate } from '../http/schemas.ts';
import { forced } from '../http/witnessed.ts';
import { type Done, tryOnly, write } from '../http/write.ts';
import { caughtUp } from '../planning-years/clock-scan.ts';
import type { Command } from '../planning-years/decide.ts';
import { dryRunResult } from '../planning-years/dry-run.ts';
import { yearVersion } from '../planning-years/find.ts';
import type { MailsOfYears } from '../planning-years/planned-mail.ts';
import { dryRunQuery } from '../planning-years/schemas.ts';
import { shown } from '../planning-years/sound.ts';
import { tryOutWidely } from '../planning-years/try-out-widely.ts';
import { logView, warned } from '../planning-years/view.ts';
import { wideDryRun } from '../planning-years/wide-changes.ts';
import { seesPeople } from '../policy/can.ts';
import { listTasks, taskSubject } from './find.ts';
import { actsOfMany, inOrder, named, requireSettleable } from './many.ts';
import {
  completeBody,
  completedMany,
  completeManyBody,
  extendBody,
  reopenBody,
  task,
  taskAfter,
  tasks,
  tasksQuery,
  waiveBody,
} from './schemas.ts';
import { type Passed, settle } from './settle.ts';
import { sightAt, sightsOf } from './sight.ts';
import { tryOutAct } from './try-out.ts';
import { taskEtag, taskView } from './view.ts';

type Settling = FastifyRequest<{ Params: { id: string }; Querystring: { dryRun: string } }>;

/** Tasks: the lists that people work from, and the tick. */
export function taskRoutes(app: App, ctx: Context, mailsOf: MailsOfYears): void {
  const tags = ['Tasks'];
  const aboutTask = {
    subject: (request: FastifyRequest) => taskSubject(ctx.db, idOf(request.params)),
    subjectWithKey: true,
  } as const;
  // The list of one year follows from that year; of many, from more than can be named.
  const version: VersionOf = ({ query }) => yearVersion(ctx.db, idOf(query, 'planningYear'));

  app.get('/v1/tasks', {
    config: { policy: 'tasks.read', version },
    schema: {
      tags,
      operationId: 'listTasks',
      summary: 'List tasks',
      description: 'By due date. A vendor sees the tasks of its own role.',
      querystring: tasksQuery,
      response: { 200: tasks },
    },
    handler: async (request, reply) => {
      await caughtUp(ctx);
      const key = z.strictObject({ dueOn: isoDate.nullable(), id: z.uuid() });
      const page = openPage(request, reply, request.query, key);
      const rows = await listTasks(ctx, request.actor, request.query, page.after, page.fetch);
      const sights = await sightsOf(ctx, ctx.db, rows);
      const told = seesPeople(request.actor);
      return page.close(
        sights,
        ({ task: { dueOn, id } }) => ({ dueOn, id }),
        ({ task, sight }) => shown(task.planningYearId, () => taskView(sight(), told)),
      );
    },
  });

  app.get('/v1/tasks/:id', {
    config: { policy: 'tasks.read', ...aboutTask, etag: true },
    schema: {
      tags,
      operationId: 'readTask',
      summary: 'Read one task',
      description: 'With what blocks it, and the data that its completion asks for, if any.',
      params: idParams,
      response: { 200: task },
    },
    handler: async (request, reply) => {
      await caughtUp(ctx);
      const sight = await sightAt(ctx, ctx.db, request.params.id);
      if (conditional(request, reply, taskEtag(sight))) return reply;
      return shown(sight.row.id, () => taskView(sight, seesPeople(request.actor)));
    },
  });

  app.post('/v1/tasks/:id/complete', {
    config: { policy: 'tasks.settle', ...aboutTask, ifMatch: true, etag: true },
    schema: {
      tags,
      operationId: 'completeTask',
      summary: 'Mark a task done',
      description:
        'When its doing is the act that an event stands for, the event happens with it, once every party has done its own. One item of a monthly meeting settles them all.',
      params: idParams,
      querystring: dryRunQuery,
      body: completeBody,
      response: { 200: taskAfter.or(dryRunResult) },
    },
    handler: async (request, reply) => {
      const { data, ...rest } = request.body;
      return answer(request, reply, (task) => ({
        kind: 'complete',
        task,
        ...rest,
        ...(data && { data }),
      }));
    },
  });

  app.post('/v1/tasks/complete', {
    config: { policy: 'tasks.settle', namesOthers: true },
    schema: {
      tags,
      operationId: 'completeTasks',
      summary: 'Mark many tasks done in one call',
      description:
        'All of them, or none: the first that cannot be done is named, and nothing is changed. Tasks of a year go through its door one after the other; what an earlier one of the call has settled, as one meeting settles its items, is done with it.',
      querystring: dryRunQuery,
      body: completeManyBody,
      response: { 200: completedMany.or(wideDryRun) },
    },
    handler: async (request, reply) => {
      const { tasks: ids, ...rest } = request.body;
      if (request.query.dryRun === 'true')
        return tryOnly(ctx, request, reply, async () => {
          const requests = await actsOfMany(ctx, request.actor, ids, rest);
          return { dryRun: true, ...(await tryOutWidely(ctx, mailsOf, requests)) };
        });
      return write(ctx, request, reply, async (trx) => {
        const acting = await requireSettleable(trx, request.actor, ids);
        const earlier = new Map<string, Passed>();
        const data = [];
        // In the order of their years, so that two such calls wait for each other and in no circle.
        for (const { id } of await inOrder(trx, ids)) {
          const actor = acting.get(id)!;
          const commandOf = (task: string) => ({ kind: 'complete' as const, task, ...rest });
          const act = { id, actor, commandOf };
          const { sight, entry, job } = await settle(ctx, trx, act, earlier).catch((error) => {
            throw named(error, id);
          });
          const event = logView(sight.task.planningYearId, entry);
          data.push({ ...taskView(sight), event, ...warned(entry), ...(job && { job }) });
        }
        return { status: 200, body: { data } };
      });
    },
  });

  app.post('/v1/tasks/:id/reopen', {
    config: { policy: 'tasks.reopen', ...aboutTask, ifMatch: true, etag: true },
    schema: {
      tags,
      operationId: 'reopenTask',
      summary: 'Take back that a task is done',
      description:
        'Undoes the event that it raised, which needs a `reason`; refused, naming them, while later events rest on that. A task of wider scope is reopened here alone, and `stillDone` tells where it stays done; `everywhere` takes it back there, too. Where it has raised one, was waived, or is another role’s, taking it back is an undo: a coordinator’s for 24 hours, then the state’s.',
      params: idParams,
      querystring: dryRunQuery,
      body: reopenBody,
      response: { 200: taskAfter.or(dryRunResult) },
    },
    handler: async (request, reply) => {
      const { everywhere, ...rest } = request.body;
      return answer(request, reply, (task) => ({ kind: 'reopen', task, ...rest }), everywhere);
    },
  });

  app.post('/v1/tasks/:id/waive', {
    config: { policy: 'planningYears.intervene', ...aboutTask, ifMatch: true, etag: true },
    schema: {
      tags,
      operationId: 'waiveTask',
      summary: 'Excuse a school from a task',
      description: 'It counts as settled for the act that it is part of; reopening takes it back.',
      params: idParams,
      querystring: dryRunQuery,
      body: waiveBody,
      response: { 200: taskAfter.or(dryRunResult) },
    },
    handler: async (request, reply) => {
      const { reason, ...rest } = request.body;
      return answer(request, reply, (task) => ({
        kind: 'correct',
        correction: { type: 'waive', task, reason },
        ...rest,
      }));
    },
  });

  app.post('/v1/tasks/:id/extend', {
    config: { policy: 'planningYears.intervene', ...aboutTask, ifMatch: true, etag: true },
    schema: {
      tags,
      operationId: 'extendTask',
      summary: 'Give a school a later date for a task',
      description: 'The new due date counts for lists, for what is overdue and for reminders.',
      params: idParams,
      querystring: dryRunQuery,
      body: extendBody,
      response: { 200: taskAfter.or(dryRunResult) },
    },
    handler: async (request, reply) => {
      const { reason, dueOn, ...rest } = request.body;
      return answer(request, reply, (task) => ({
        kind: 'correct',
        correction: { type: 'extend', task, dueOn, reason },
        ...rest,
      }));
    },
  });

  /** Settles a task, or with `dryRun=true` tells what that would change. */
  async function answer(
    request: Settling,
    reply: FastifyReply,
    commandOf: (key: string) => Command,
    everywhere?: boolean,
  ) {
    const { id } = request.params;
    const precondition = (version: number) => requireMatch(request, version);
    const act = { id, commandOf, everywhere, actor: request.actor, precondition };
    if (request.query.dryRun !== 'true')
      return write(ctx, request, reply, async (trx): Promise<Done> => {
        const { sight, entry, command, job, stillDone } = await settle(ctx, trx, act);
        const { planningYearId } = sight.task;
        const event = logView(planningYearId, entry);
        return {
          status: 200,
          body: {
            ...taskView(sight),
            event,
            ...warned(entry),
            ...(job && { job }),
            ...(stillDone && { stillDone }),
          },
          etag: taskEtag(sight),
          ...(command.kind === 'correct' && { fact: forced(request, planningYearId, entry) }),
        };
      });
    return tryOnly(ctx, request, reply, () => tryOutAct(ctx, mailsOf, act));
  }
}
