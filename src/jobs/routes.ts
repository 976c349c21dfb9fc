import type { FastifyRequest } from 'fastify';
import type { Actor } from '../actor.ts';
import type { Context, DbOrTrx } from '../context.ts';
import { ForbiddenError, NotFoundError, QuarantinedError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { conditional, fingerprint, tagOf } from '../http/etag.ts';
import { idOf, idParams, nameOf } from '../http/schemas.ts';
import { factOf } from '../http/witnessed.ts';
import { tryOnly, write } from '../http/write.ts';
import type { Failure } from '../planning-years/failures.ts';
import { currentModel } from '../planning-years/models.ts';
import type { MailsOfYears } from '../planning-years/planned-mail.ts';
import { dryRunQuery, yearName } from '../planning-years/schemas.ts';
import { tryOutWidely } from '../planning-years/try-out-widely.ts';
import { wideDryRun } from '../planning-years/wide-changes.ts';
import { can } from '../policy/can.ts';
import { todayOf } from '../programs/today.ts';
import { policyOf, requireCovered } from './covered.ts';
import { job, wideBody, wideParams } from './schemas.ts';
import { faultOfJob } from './sound.ts';
import { startWideAct } from './wide-act.ts';
import { wideCommand } from './wide-command.ts';

/** Acts that cover many schools, and the background work that carries them out. */
export function jobRoutes(app: App, ctx: Context, mailsOf: MailsOfYears): void {
  app.post('/v1/programs/:program/years/:year/events', {
    config: {
      policy: 'planningYears.act',
      subject: async (request: FastifyRequest) => {
        const program = nameOf(request.params, 'program');
        const year = nameOf(request.params, 'year');
        const known = program !== null && ctx.programs.get(program);
        return known && yearName.safeParse(year).success ? { program } : null;
      },
    },
    schema: {
      tags: ['Programs'],
      operationId: 'applyWideAct',
      summary: 'One act for many schools',
      description:
        'An event, a correction or a finished task, carried through the door of every active year that it covers and that your key reaches. It goes on in the background; the reply names the job to watch. With `dryRun=true`, says what it would change and where it would be refused.',
      params: wideParams,
      querystring: dryRunQuery,
      body: wideBody,
      response: { 200: wideDryRun, 202: job },
    },
    handler: async (request, reply) => {
      const { actor } = request;
      const { program, year } = request.params;
      const { district, schools } = request.body;
      const model = currentModel(ctx.programs, program, year);
      const today = todayOf(ctx.programs, program, ctx.clock.now());
      const { kind, command } = wideCommand(model, request.body, today);
      const role = command.kind === 'complete' ? model.task(command.task).role : undefined;
      if (role !== undefined && can(actor, policyOf(command), { program, role }) !== 'yes')
        throw new ForbiddenError('This task is not for your role to do. Leave it to its own role.');
      const act = { kind, program, year, command, role, district, schools };
      if (request.query.dryRun === 'true')
        return tryOnly(ctx, request, reply, async () => {
          const covered = await requireCovered(ctx.db, act, actor);
          const requests = covered.map(({ id }) => ({ id, command, actor }));
          return { dryRun: true, ...(await tryOutWidely(ctx, mailsOf, requests)) };
        });
      return write(ctx, request, reply, async (trx) => {
        await requireCovered(trx, act, actor);
        const { id } = await startWideAct(ctx, trx, act, actor);
        const about = { job: id, program, year };
        return {
          ...{ status: 202, body: await jobView(trx, id), location: `/v1/jobs/${id}` },
          ...(command.kind === 'correct' && {
            fact: factOf(request, 'forced', { type: command.correction.type, ...about }),
          }),
        };
      });
    },
  });

  app.get('/v1/jobs/:id', {
    config: {
      policy: 'jobs.read',
      etag: true,
      subject: async (request: FastifyRequest) =>
        jobSubject(ctx.db, idOf(request.params), request.actor),
    },
    schema: {
      tags: ['Programs'],
      operationId: 'readJob',
      summary: 'Watch background work',
      description:
        'How far it has come, and where it was refused. Seen by whoever started it, and by the state.',
      params: idParams,
      response: { 200: job },
    },
    handler: async (request, reply) => {
      const view = await jobView(ctx.db, request.params.id);
      const tag = tagOf(fingerprint(JSON.stringify(view)));
      return conditional(request, reply, tag) ? reply : view;
    },
  });
}

async function jobSubject(db: DbOrTrx, id: string | null, actor: Actor) {
  if (id === null) return null;
  const row = await db
    .selectFrom('jobs')
    .select(['program', 'actor'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) return null;
  const own = (row.actor as Actor | null)?.id === actor.id;
  const { program } = row;
  const all = can(actor, 'jobs.watchAll', { program, state: true }) === 'yes';
  return own || all ? { program } : null;
}

async function jobView(db: DbOrTrx, id: string) {
  const row = await db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new NotFoundError('There is no such job.');
  const waiting = await db
    .selectFrom('jobItems')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('jobId', '=', id)
    .where('status', '=', 'waiting')
    .executeTakeFirstOrThrow();
  const failures = await db
    .selectFrom('jobItems as i')
    .innerJoin('planningYears as y', 'y.id', 'i.planningYearId')
    .select(['i.planningYearId', 'y.organizationCode', 'i.failure'])
    .where('i.jobId', '=', id)
    .where('i.status', '=', 'failed')
    .orderBy('y.organizationCode')
    .limit(1000)
    .execute();
  const fault = faultOfJob(row);
  if (fault) throw new QuarantinedError(fault);
  return {
    id: row.id,
    kind: row.kind,
    status: row.status,
    program: row.program,
    year: row.year,
    done: row.total - Number(waiting.count),
    total: row.total,
    failures: failures.map(({ planningYearId, organizationCode, failure }) => ({
      planningYear: planningYearId,
      school: organizationCode,
      ...(isFailure(failure) ? failure : UNTOLD),
    })),
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

const isFailure = (value: unknown): value is Failure => {
  const { code, detail } = (value ?? {}) as Partial<Failure>;
  return typeof code === 'string' && typeof detail === 'string';
};

const UNTOLD: Failure = { code: 'fault', detail: 'Why it was refused cannot be read.' };
