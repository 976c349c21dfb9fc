import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context, DbOrTrx, Trx } from '../context.ts';
import { InvalidInputError, NotFoundError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { conditional, requireMatch } from '../http/etag.ts';
import { openPage } from '../http/paging.ts';
import { Remembered } from '../http/remembered.ts';
import { idOf, idParams, instant, pageQuery } from '../http/schemas.ts';
import { forced } from '../http/witnessed.ts';
import { write } from '../http/write.ts';
import { inScope } from '../policy/can.ts';
import { asItStood } from './as-of.ts';
import { caughtUp } from './clock-scan.ts';
import { commandOf } from './command-of.ts';
import { isCorrection } from './corrections.ts';
import { throughTheDoor } from './door.ts';
import { dryRunResult, type MailsOfYear, tryOut } from './dry-run.ts';
import { listYears, namedYear } from './find.ts';
import { modelOf } from './models.ts';
import { openOne } from './open-one.ts';
import {
  eventBody,
  logEntries,
  openBody,
  planningYear,
  planningYearAfter,
  planningYears,
  yearsQuery,
} from './schemas.ts';
import type { LogEntry } from './state.ts';
import {
  logView,
  type NamedYear,
  sightOf,
  subjectOf,
  yearEtag,
  yearItem,
  yearView,
} from './view.ts';

/** Planning years: the list, one with its states and what can happen, its log, and events by hand. */
export function planningYearRoutes(app: App, ctx: Context, mailsOf: MailsOfYear): void {
  const tags = ['Planning years'];
  // The year that a request is about is read once, for the policy and for the reply.
  const asked = new WeakMap<object, NamedYear>();
  const subject = async (request: FastifyRequest) => {
    const id = idOf(request.params);
    if (id === null) return null;
    await caughtUp(ctx);
    const year = await namedYear(ctx.db, id);
    if (!year) return null;
    asked.set(request, year);
    return subjectOf(year);
  };
  const bodies = new Remembered<string>(500);

  app.get('/v1/planning-years', {
    config: { policy: 'planningYears.read' },
    schema: {
      tags,
      operationId: 'listPlanningYears',
      summary: 'List planning years',
      description:
        'For dashboards. Items leave out `possibleEvents`; ask for one year to see them.',
      querystring: yearsQuery,
      response: { 200: planningYears },
    },
    handler: async (request, reply) => {
      if ((request.query.region === undefined) !== (request.query.state === undefined))
        throw new InvalidInputError('region and state belong together.', [
          { pointer: '?state', detail: 'Send both, or neither.' },
        ]);
      await caughtUp(ctx);
      const page = openPage(request, reply, request.query, z.uuid());
      const rows = await listYears(ctx, request.actor, request.query, page.after, page.fetch);
      const models = await Promise.all(rows.map((row) => modelOf(ctx.programs, ctx.db, row)));
      const sights = rows.map((row, index) =>
        sightOf(row, models[index]!, request.actor, ctx.clock.now()),
      );
      return page.close(sights, ({ row }) => row.id, yearItem);
    },
  });

  app.post('/v1/planning-years', {
    config: { policy: 'planningYears.open', etag: true },
    schema: {
      tags,
      operationId: 'openPlanningYear',
      summary: 'Open the planning year of a designated school',
      description:
        'Begins its log with what the designation says; the tasks of every role are listed at once.',
      body: openBody(ctx.programs),
      response: { 201: planningYear },
    },
    handler: async (request, reply) =>
      write(ctx, request, reply, async (trx) => {
        const id = await openOne(ctx, trx, request.body, request.actor, (organization) =>
          inScope(request.actor, organization),
        );
        const sight = await sightAt(trx, id, request);
        const location = `/v1/planning-years/${id}`;
        return { status: 201, body: yearView(sight), etag: yearEtag(sight), location };
      }),
  });

  app.get('/v1/planning-years/:id', {
    config: { policy: 'planningYears.read', subject, etag: true },
    schema: {
      tags,
      operationId: 'readPlanningYear',
      summary: 'Read one planning year',
      description:
        'Every region with its state, and the events that can happen now. With `asOf`, the year as it stood at that instant, by the time of recording.',
      params: idParams,
      querystring: z.strictObject({ asOf: instant.optional() }),
      response: { 200: planningYear },
    },
    handler: async (request, reply) => {
      const { asOf } = request.query;
      const row = asked.get(request)!;
      const now = asOf === undefined ? ctx.clock.now() : new Date(asOf);
      const stood = asOf === undefined ? row : await asItStood(ctx, row, now);
      const model = await modelOf(ctx.programs, ctx.db, stood);
      const sight = sightOf(stood, model, request.actor, now);
      const etag = yearEtag(sight);
      if (conditional(request, reply, etag)) return reply;
      if (asOf !== undefined) return yearView(sight);
      // The tag stands for all that the reply holds, so what was made for it once can be sent again.
      const body = bodies.get(`${row.id} ${etag}`, () => String(reply.serialize(yearView(sight))));
      return reply.type('application/json; charset=utf-8').send(body as never);
    },
  });

  app.get('/v1/planning-years/:id/events', {
    config: { policy: 'planningYears.log', subject },
    schema: {
      tags,
      operationId: 'listEvents',
      summary: 'Read the log of a planning year',
      description:
        'Everything that has happened, oldest first. Nothing is ever changed or deleted.',
      params: idParams,
      querystring: z.strictObject(pageQuery),
      response: { 200: logEntries },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const page = openPage(request, reply, request.query, z.int());
      const rows = await ctx.db
        .selectFrom('logEntries')
        .select('entry')
        .where('planningYearId', '=', id)
        .where('seq', '>', page.after ?? 0)
        .orderBy('seq')
        .limit(page.fetch)
        .execute();
      const entries = rows.map((row) => JSON.parse(row.entry) as LogEntry);
      return page.close(
        entries,
        (entry) => entry.seq,
        (entry) => logView(id, entry),
      );
    },
  });

  app.post('/v1/planning-years/:id/events', {
    config: { policy: 'planningYears.act', subject, ifMatch: true, etag: true },
    schema: {
      tags,
      operationId: 'applyEvent',
      summary: 'Move a school along by hand, or put right what is wrong',
      description:
        'Applies one of `possibleEvents` or `corrections`. Tasks whose doing an event is are settled with it. With `dryRun=true`, says what would change and changes nothing. Roles other than coach and state act through their tasks.',
      params: idParams,
      querystring: z.strictObject({ dryRun: z.enum(['true', 'false']).default('false') }),
      body: eventBody,
      response: { 200: dryRunResult, 201: planningYearAfter },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const act = async (trx: Trx) => {
        const command = await commandOf(trx, id, request.body);
        const { entry, row, model } = await throughTheDoor(
          ctx,
          trx,
          id,
          command,
          request.actor,
          (read) => requireMatch(request, read.version),
        );
        if (!entry) throw new Error('An act by hand writes an entry.');
        return { entry, row, model };
      };
      if (request.query.dryRun === 'true')
        return tryOut(ctx, mailsOf, id, async (trx) => (await act(trx)).entry);
      return write(ctx, request, reply, async (trx) => {
        const { entry, row, model } = await act(trx);
        const named = { ...asked.get(request)!, ...row };
        const sight = sightOf(named, model, request.actor, ctx.clock.now());
        return {
          status: 201,
          body: { ...yearView(sight), event: logView(id, entry) },
          etag: yearEtag(sight),
          location: `/v1/planning-years/${id}/events`,
          ...(isCorrection(entry.type) && { fact: forced(request, id, entry) }),
        };
      });
    },
  });

  async function sightAt(
    db: DbOrTrx,
    id: string,
    { actor }: { actor: Parameters<typeof sightOf>[2] },
  ) {
    const row = await namedYear(db, id);
    if (!row) throw new NotFoundError('There is no such planning year.');
    return sightOf(row, await modelOf(ctx.programs, db, row), actor, ctx.clock.now());
  }
}
