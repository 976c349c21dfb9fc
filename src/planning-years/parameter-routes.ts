import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context, DbOrTrx } from '../context.ts';
import type { App } from '../http/app.ts';
import { conditional, etagOf, requireMatch } from '../http/etag.ts';
import { nameOf, text } from '../http/schemas.ts';
import { write } from '../http/write.ts';
import { readParameters } from '../programs/year-parameters.ts';
import { checkParameters, setParameters } from './parameters.ts';
import { yearName } from './schemas.ts';

const params = z.strictObject({ program: z.string(), year: yearName });
const values = z.record(z.string().max(100), text(2000));

const body = z
  .strictObject({
    program: values.default({}).describe('For the whole program, by parameter'),
    districts: z
      .record(z.string().max(100), values)
      .default({})
      .describe('What a district has set for itself, by its code'),
  })
  .meta({
    id: 'YearParametersToSet',
    example: {
      program: { planningGrantDue: '2026-12-18' },
      districts: { '98-901-0010-26': { boardMeetingSip: '2027-07-20' } },
    },
  });

const view = z
  .strictObject({
    program: z.string(),
    year: z.string(),
    version: z.int(),
    known: z.array(
      z.strictObject({
        id: z.string(),
        title: z.string(),
        kind: z.enum(['date', 'url']),
        per: z.enum(['program', 'district']),
      }),
    ),
    values: z.strictObject({
      program: z.record(z.string(), z.string()),
      districts: z.record(z.string(), z.record(z.string(), z.string())),
    }),
  })
  .meta({ id: 'YearParameters' });

/** The dates and addresses that are set anew each year. */
export function parameterRoutes(app: App, ctx: Context): void {
  const subject = async (request: FastifyRequest) => {
    const program = nameOf(request.params, 'program');
    const year = nameOf(request.params, 'year');
    const known = program !== null && ctx.programs.get(program);
    return known && yearName.safeParse(year).success ? { program } : null;
  };
  const url = '/v1/programs/:program/years/:year/parameters';

  app.get(url, {
    config: { policy: 'programs.read', subject, etag: true },
    schema: {
      tags: ['Programs'],
      operationId: 'readYearParameters',
      summary: 'Read what is set anew each year',
      description:
        'Dates and addresses of one year. A task whose date is not set is never overdue.',
      params,
      response: { 200: view },
    },
    handler: async (request, reply) => {
      const { program, year } = request.params;
      const now = await viewOf(ctx.db, program, year);
      if (conditional(request, reply, etagOf(now.version))) return reply;
      return now;
    },
  });

  app.put(url, {
    config: { policy: 'parameters.set', subject, ifMatch: true, etag: true },
    schema: {
      tags: ['Programs'],
      operationId: 'setYearParameters',
      summary: 'Set the dates and addresses of a year',
      description:
        'Replaces all of them; what is left out is unset. The due dates of active years follow at once. Before anything was set, the version to match is 0.',
      params,
      body,
      response: { 200: view },
    },
    handler: async (request, reply) => {
      const { program, year } = request.params;
      const file = ctx.programs.get(program)!.pack.program;
      const codes = await ctx.db.selectFrom('districts').select('code').execute();
      checkParameters(file, year, request.body, new Set(codes.map(({ code }) => code)));
      return write(ctx, request, reply, async (trx) => {
        const { version } = await readParameters(trx, program, year);
        requireMatch(request, version);
        await setParameters(ctx, trx, program, year, request.body, request.actor, version);
        const now = await viewOf(trx, program, year);
        return { status: 200, body: now, etag: etagOf(now.version) };
      });
    },
  });

  async function viewOf(db: DbOrTrx, program: string, year: string) {
    const { version, settings } = await readParameters(db, program, year);
    const known = ctx.programs.get(program)!.pack.program.parameters;
    return { program, year, version, known, values: settings };
  }
}
