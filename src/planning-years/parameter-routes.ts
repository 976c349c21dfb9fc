import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context, DbOrTrx } from '../context.ts';
import type { YearSettings } from '../db/tables.ts';
import { ForbiddenError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { conditional, etagOf, requireMatch } from '../http/etag.ts';
import { nameOf, text } from '../http/schemas.ts';
import { tryOnly, write } from '../http/write.ts';
import { can } from '../policy/can.ts';
import { holdParameters, readParameters } from '../programs/year-parameters.ts';
import { knownDistricts } from '../schools/store.ts';
import {
  changesBetween,
  checkParameters,
  merged,
  type ParameterChanges,
  setParameters,
} from './parameters.ts';
import { dryRunQuery, yearName } from './schemas.ts';

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

const changed = z.record(z.string().max(100), text(2000).nullable());

const changesBody = z
  .strictObject({
    program: changed.default({}).describe('For the whole program; null unsets'),
    districts: z
      .record(z.string().max(100), changed)
      .default({})
      .describe('For a district by itself, by its code; null unsets'),
  })
  .meta({
    id: 'YearParametersToChange',
    example: { districts: { '98-901-0010-26': { boardMeetingSip: '2027-07-20' } } },
  });

const changes = z
  .array(
    z
      .strictObject({
        district: z.string().nullable().describe('null: for the whole program'),
        parameter: z.string(),
        from: z.string().nullable().describe('null: was not set'),
        to: z.string().nullable().describe('null: is not set any more'),
      })
      .meta({ id: 'ParameterChange' }),
  )
  .describe('All that goes and comes');

const dryRun = z
  .strictObject({ dryRun: z.literal(true), changes })
  .meta({ id: 'YearParametersDryRun' });

const shape = {
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
};

const view = z.strictObject(shape).meta({ id: 'YearParameters' });
const changedView = z.strictObject({ ...shape, changes }).meta({ id: 'YearParametersChanged' });

type Changing = FastifyRequest<{
  Params: z.infer<typeof params>;
  Querystring: z.infer<typeof dryRunQuery>;
}>;

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
        'Replaces all of them: what is left out is unset, and `changes` names it; PATCH changes what it names and nothing else. The due dates of active years follow at once. Before anything was set, the version to match is 0.',
      params,
      querystring: dryRunQuery,
      body,
      response: { 200: changedView.or(dryRun) },
    },
    handler: async (request, reply) => {
      const { program, year } = request.params;
      await requirePossible(program, year, request.body);
      return change(request, reply, () => request.body);
    },
  });

  app.patch(url, {
    config: { policy: 'parameters.setBoardDates', subject, ifMatch: true, etag: true },
    schema: {
      tags: ['Programs'],
      operationId: 'changeYearParameters',
      summary: 'Change some dates and addresses of a year',
      description:
        'Changes what it names and nothing else; null unsets. A district and its coordinator set what the district sets for itself, as the days on which its board meets; the state sets everything.',
      params,
      querystring: dryRunQuery,
      body: changesBody,
      response: { 200: changedView.or(dryRun) },
    },
    handler: async (request, reply) => {
      const { program, year } = request.params;
      const { body, actor } = request;
      const own = (district: string) =>
        can(actor, 'parameters.setBoardDates', { program, district }) === 'yes';
      // A district out of reach looks like one that is not there.
      await requirePossible(program, year, body, own);
      if (Object.keys(body.program).length > 0 && can(actor, 'parameters.set', null) !== 'yes')
        throw new ForbiddenError(
          'What holds for the whole program is for the state to set. Leave "program" out, or ask the state.',
        );
      return change(request, reply, (before) => merged(before, body));
    },
  });

  /** Which districts may be named: those of the directory, or some of them. */
  async function requirePossible(
    program: string,
    year: string,
    values: ParameterChanges,
    may: (district: string) => boolean = () => true,
  ) {
    const known = await knownDistricts(ctx.db, Object.keys(values.districts));
    const file = ctx.programs.get(program)!.pack.program;
    checkParameters(file, year, values, new Set([...known].filter(may)));
  }

  /** Sets them, or with `dryRun=true` tells what goes and comes. */
  async function change(
    request: Changing,
    reply: FastifyReply,
    settingsAfter: (before: YearSettings) => YearSettings,
  ) {
    const { program, year } = request.params;
    const compared = async (db: DbOrTrx) => {
      const { version, settings } = await readParameters(db, program, year);
      requireMatch(request, version);
      const after = settingsAfter(settings);
      return { version, after, changes: changesBetween(settings, after) };
    };
    if (request.query.dryRun === 'true')
      return tryOnly(ctx, request, reply, async () => {
        const { changes } = await compared(ctx.db);
        return { dryRun: true, changes };
      });
    return write(ctx, request, reply, async (trx) => {
      // Two who change different dates at once follow each other.
      await holdParameters(trx, program, year);
      const { version, after, changes } = await compared(trx);
      await setParameters(ctx, trx, program, year, after, request.actor, version);
      const now = await viewOf(trx, program, year);
      return { status: 200, body: { ...now, changes }, etag: etagOf(now.version) };
    });
  }

  async function viewOf(db: DbOrTrx, program: string, year: string) {
    const { version, settings } = await readParameters(db, program, year);
    const known = ctx.programs.get(program)!.pack.program.parameters;
    return { program, year, version, known, values: settings };
  }
}
