import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { PlanningYearError } from '../../calendar/dates.ts';
import { renderCalendar } from '../../calendar/render.ts';
import { asJson, mermaid } from '../../machines/picture.ts';
import type { Context } from '../context.ts';
import { InvalidInputError, NotFoundError } from '../errors.ts';
import { preferredType } from '../http/accept.ts';
import type { App } from '../http/app.ts';
import { conditional, tagOf } from '../http/etag.ts';
import { openPage } from '../http/paging.ts';
import { listOf, nameOf, pageQuery } from '../http/schemas.ts';
import { inScope } from '../policy/can.ts';
import type { Program } from './programs.ts';
import { calendarView, machineView, programParams, programView, yearName } from './schemas.ts';
import { todayOf } from './today.ts';
import { readParameters } from './year-parameters.ts';
import { yearUnderWay } from './year-under-way.ts';

export function programRoutes(app: App, ctx: Context): void {
  const { programs, clock } = ctx;
  const subject = async (request: FastifyRequest) => {
    const program = nameOf(request.params, 'program');
    return program !== null && programs.get(program) ? { program } : null;
  };
  const about = { policy: 'programs.read', subject, etag: true } as const;

  app.get(
    '/v1/programs',
    {
      config: { policy: 'programs.read' },
      schema: {
        operationId: 'listPrograms',
        tags: ['Programs'],
        summary: 'The programs',
        description: 'The kinds of planning years that this server runs, with their roles.',
        querystring: z.strictObject(pageQuery),
        response: { 200: listOf(programView) },
      },
    },
    async (request, reply) => {
      const page = openPage(request, reply, request.query, z.string());
      const rows = programs.all
        .filter(({ id }) => inScope(request.actor, { program: id }))
        .filter(({ id }) => page.after === null || id > page.after);
      return page.close(rows, ({ id }) => id, viewOf);
    },
  );

  app.get(
    '/v1/programs/:program',
    {
      config: about,
      schema: {
        operationId: 'getProgram',
        tags: ['Programs'],
        summary: 'One program',
        description: 'Its unit and its roles; each role is of a kind that decides what it may do.',
        params: programParams,
        response: { 200: programView },
      },
    },
    async (request, reply) => {
      const program = found(request.params.program);
      if (conditional(request, reply, tagOf(program.pack.version))) return reply;
      return viewOf(program);
    },
  );

  app.get(
    '/v1/programs/:program/calendar',
    {
      config: about,
      schema: {
        operationId: 'getCalendar',
        tags: ['Programs'],
        summary: 'The calendar of one year',
        description: 'Month by month and role by role, with the dates of that year.',
        params: programParams,
        querystring: z.strictObject({
          year: yearName.optional().describe('Left out: the year under way'),
        }),
        response: { 200: calendarView },
      },
    },
    async (request, reply) => {
      const { id, pack } = found(request.params.program);
      const today = todayOf(programs, id, clock.now());
      const year = request.query.year ?? yearUnderWay(pack.program, today);
      const { version, settings } = await readParameters(ctx.db, id, year);
      const calendar = calendarOf(() => renderCalendar(pack, year, settings.program));
      if (conditional(request, reply, tagOf(pack.version, year, String(version)))) return reply;
      return calendar;
    },
  );

  app.get(
    '/v1/programs/:program/machine',
    {
      config: about,
      schema: {
        operationId: 'getMachine',
        tags: ['Programs'],
        summary: 'The statecharts',
        description:
          'Every region with its states, events and guards; with `Accept: text/vnd.mermaid`, a picture as Mermaid text.',
        params: programParams,
        response: {
          200: {
            description: 'The charts.',
            content: { [JSON_TYPE]: { schema: machineView }, [MERMAID]: { schema: z.string() } },
          },
        },
      },
    },
    async (request, reply) => {
      const { machines } = found(request.params.program);
      const type = preferredType(request.headers.accept, [JSON_TYPE, MERMAID]);
      reply.header('vary', 'Accept');
      const tag = tagOf(machines.version, type === MERMAID ? 'mermaid' : 'json');
      if (conditional(request, reply, tag)) return reply;
      return type === MERMAID
        ? reply.type(`${MERMAID}; charset=utf-8`).send(mermaid(machines))
        : reply.type(JSON_TYPE).send(asJson(machines));
    },
  );

  function found(id: string): Program {
    const program = programs.get(id);
    if (!program) throw new NotFoundError('There is no such program.');
    return program;
  }
}

const JSON_TYPE = 'application/json';
const MERMAID = 'text/vnd.mermaid';

const viewOf = ({ pack: { program, version } }: Program) => ({
  id: program.id,
  title: program.title,
  unit: program.unit,
  roles: program.roles,
  version,
});

function calendarOf<T>(render: () => T): T {
  try {
    return render();
  } catch (error) {
    if (error instanceof PlanningYearError)
      throw new InvalidInputError(error.message, [
        { pointer: '?year', detail: 'is no planning year of this program' },
      ]);
    throw error;
  }
}
