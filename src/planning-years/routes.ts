import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context, DbOrTrx } from '../context.ts';
import { InvalidInputError, NotFoundError } from '../errors.ts';
import type { App, VersionOf } from '../http/app.ts';
import { conditional, requireMatch } from '../http/etag.ts';
import { claimOf } from '../http/idempotency.ts';
import { openPage } from '../http/paging.ts';
import { idOf, idParams, instant, pageQuery } from '../http/schemas.ts';
import { forced } from '../http/witnessed.ts';
import { answerOf, type Done, sendAnswer, tryOnly, write } from '../http/write.ts';
import { inScope } from '../policy/can.ts';
import { asItStood } from './as-of.ts';
import { caughtUp } from './clock-scan.ts';
import { commandOf } from './command-of.ts';
import { isCorrection } from './corrections.ts';
import { type Passage, throughTheDoor } from './door.ts';
import { dryRunResult, tryOut } from './dry-run.ts';
import { listYears, namedYear, type Place, placeOf, yearVersion } from './find.ts';
import { openOne } from './open-one.ts';
import type { MailsOfYears } from './planned-mail.ts';
import {
  dryRunQuery,
  eventBody,
  logEntries,
  openBody,
  planningYear,
  planningYearAfter,
  planningYearOpened,
  planningYears,
  yearsQuery,
} from './schemas.ts';
import { eachSound, shown, soundModelOf } from './sound.ts';
import type { LogEntry } from './state.ts';
import type { YearRow } from './store.ts';
import { answeredTogether } from './together.ts';
import { broughtUp } from './upgrade.ts';
import {
  logView,
  type NamedYear,
  sightOf,
  subjectOf,
  warned,
  yearEtag,
  yearItem,
  yearView,
} from './view.ts';

/** Planning years: the list, one with its states and what can happen, its log, and events by hand. */
export function planningYearRoutes(app: App, ctx: Context, mailsOf: MailsOfYears): void {
  const tags = ['Planning years'];
  // Whose year it is, is looked up once, for the policy and for the reply.
  const asked = new WeakMap<object, Place>();
  const subject = async (request: FastifyRequest) => {
    const id = idOf(request.params);
    if (id === null) return null;
    await caughtUp(ctx);
    const place = await placeOf(ctx.db, id);
    if (!place) return null;
    asked.set(request, place);
    return subjectOf(place);
  };
  const version: VersionOf = ({ params }) => yearVersion(ctx.db, idOf(params));

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
          { pointer: '?state', detail: 'must be sent with region, and region with it' },
        ]);
      await caughtUp(ctx);
      const page = openPage(request, reply, request.query, z.uuid());
      const rows = await listYears(ctx, request.actor, request.query, page.after, page.fetch);
      const now = ctx.clock.now();
      const years = await eachSound(ctx, ctx.db, rows);
      return page.close(
        years,
        ({ row }) => row.id,
        ({ row, model }) =>
          shown(row.id, () => yearItem(sightOf(row, model(), request.actor, now))),
      );
    },
  });

  app.post('/v1/planning-years', {
    config: { policy: 'planningYears.open', etag: true },
    schema: {
      tags,
      operationId: 'openPlanningYear',
      summary: 'Open the planning year of a designated school',
      description:
        'Begins its log with what the designation says; the tasks of every role are listed at once. Of a year that is taken over, `warnings` name the states that the rules across regions would not have let happen.',
      body: openBody(ctx.programs),
      response: { 201: planningYearOpened },
    },
    handler: async (request, reply) =>
      write(ctx, request, reply, async (trx) => {
        const { id, warnings } = await openOne(
          ctx,
          trx,
          request.body,
          request.actor,
          (organization) => inScope(request.actor, organization),
        );
        const sight = await sightAt(trx, id, request);
        const location = `/v1/planning-years/${id}`;
        const body = { ...yearView(sight), ...(warnings.length > 0 && { warnings }) };
        return { status: 201, body, etag: yearEtag(sight), location };
      }),
  });

  app.get('/v1/planning-years/:id', {
    config: { policy: 'planningYears.read', subject, version, etag: true },
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
      const row = await yearAt(ctx.db, request.params.id);
      const now = asOf === undefined ? ctx.clock.now() : new Date(asOf);
      if (now > ctx.clock.now())
        throw new InvalidInputError('Nobody knows yet how it will stand then.', [
          { pointer: '?asOf', detail: 'must not lie in the future' },
        ]);
      const stood = asOf === undefined ? row : await asItStood(ctx, row, now);
      const model = await soundModelOf(ctx.programs, ctx.db, stood);
      const sight = sightOf(stood, model, request.actor, now);
      if (conditional(request, reply, yearEtag(sight))) return reply;
      return shown(row.id, () => yearView(sight));
    },
  });

  app.get('/v1/planning-years/:id/events', {
    config: { policy: 'planningYears.log', subject, version },
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
      const entries = shown(id, () => rows.map((row) => JSON.parse(row.entry) as LogEntry));
      return page.close(
        entries,
        (entry) => entry.seq,
        (entry) => shown(id, () => logView(id, entry)),
      );
    },
  });

  app.post('/v1/planning-years/:id/events', {
    config: {
      policy: 'planningYears.act',
      subject,
      subjectWithKey: true,
      ifMatch: true,
      etag: true,
    },
    schema: {
      tags,
      operationId: 'applyEvent',
      summary: 'Move a school along by hand, or put right what is wrong',
      description:
        'Applies one of `possibleEvents` or `corrections`. Tasks whose doing an event is are settled with it. With `through`, what comes before it on the way happens with it, so that whoever catches up records one event. With `dryRun=true`, says what would change and changes nothing. Roles other than coach and state act through their tasks.',
      params: idParams,
      querystring: dryRunQuery,
      body: eventBody,
      response: { 200: dryRunResult, 201: planningYearAfter },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const { actor } = request;
      const command = await commandOf(ctx.db, id, request.body);
      const precondition = (read: YearRow) => requireMatch(request, read.version);
      if (request.query.dryRun === 'true')
        return tryOnly(ctx, request, reply, () =>
          tryOut(ctx, mailsOf, id, async (trx) =>
            entryOf(await throughTheDoor(ctx, trx, id, command, actor, precondition)),
          ),
        );
      const done = (passage: Passage): Done => {
        const entry = entryOf(passage);
        const named = { ...asked.get(request)!, ...passage.row };
        const sight = sightOf(named, passage.model, actor, ctx.clock.now());
        return {
          status: 201,
          body: { ...yearView(sight), event: logView(id, entry), ...warned(entry) },
          etag: yearEtag(sight),
          location: `/v1/planning-years/${id}/events`,
          ...(isCorrection(entry.type) && { fact: forced(request, id, entry) }),
        };
      };
      // A correction is witnessed beside the log; an event is not, and shares its transaction.
      if (isCorrection(request.body.type))
        return write(ctx, request, reply, async (trx) =>
          done(await throughTheDoor(ctx, trx, id, command, actor, precondition)),
        );
      const given = await answeredTogether(
        ctx,
        { id, command, actor, precondition },
        claimOf(ctx, request),
        (passage) => answerOf(request, reply, done(passage)),
      );
      return sendAnswer(reply, given);
    },
  });

  function entryOf({ entry }: Passage): LogEntry {
    if (!entry) throw new Error('An act by hand writes an entry.');
    return entry;
  }

  async function sightAt(
    db: DbOrTrx,
    id: string,
    { actor }: { actor: Parameters<typeof sightOf>[2] },
  ) {
    const row = await yearAt(db, id);
    return sightOf(row, await soundModelOf(ctx.programs, db, row), actor, ctx.clock.now());
  }

  async function yearAt(db: DbOrTrx, id: string): Promise<NamedYear> {
    const found = await namedYear(db, id);
    const [row] = found ? await broughtUp(ctx, db, [found]) : [];
    if (!row) throw new NotFoundError('There is no such planning year.');
    return row;
  }
}
