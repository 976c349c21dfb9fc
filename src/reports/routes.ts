import { z } from 'zod';
import { homeOf } from '../actor.ts';
import type { Context } from '../context.ts';
import { InvalidInputError } from '../errors.ts';
import { preferredType } from '../http/accept.ts';
import type { App } from '../http/app.ts';
import { conditional, fingerprint, tagOf } from '../http/etag.ts';
import { openPage } from '../http/paging.ts';
import { PROBLEM_TYPE } from '../http/problems.ts';
import { problemSchema } from '../http/schemas.ts';
import { caughtUp } from '../planning-years/clock-scan.ts';
import { todayOf } from '../programs/today.ts';
import { changesSince } from './changes.ts';
import { countsVersion } from './counts-version.ts';
import { milestoneCsv } from './milestone-csv.ts';
import { milestonePage } from './milestone-page.ts';
import {
  changes,
  changesQuery,
  milestones,
  milestonesQuery,
  summary,
  summaryQuery,
} from './schemas.ts';
import { summarize } from './summary.ts';

/** What dashboards, spreadsheets and scripts read: flat rows, counts, and what has changed. */
export function reportRoutes(app: App, ctx: Context): void {
  const tags = ['Reports'];

  app.get('/v1/reports/milestones', {
    config: { policy: 'reports.read' },
    schema: {
      tags,
      operationId: 'readMilestones',
      summary: 'Where every region of every planning year stands',
      description:
        'One flat row for each organization and region. JSON comes in pages; with `Accept: text/csv`, everything that matches as one file, whatever `limit` says.',
      querystring: milestonesQuery,
      response: {
        200: {
          description: 'The rows.',
          content: { [JSON_TYPE]: { schema: milestones }, [CSV_TYPE]: { schema: z.string() } },
        },
      },
    },
    handler: async (request, reply) => {
      const type = preferredType(request.headers.accept, [JSON_TYPE, CSV_TYPE]);
      reply.header('vary', 'Accept');
      await caughtUp(ctx);
      const { actor, query } = request;
      if (type === JSON_TYPE) {
        const page = openPage(
          request,
          reply,
          query,
          z.tuple([z.string(), z.string(), z.string(), z.int()]),
        );
        const rows = await milestonePage(ctx, actor, query, page.after, page.fetch);
        return page.close(
          rows,
          ({ key }) => key,
          ({ row }) => row,
        );
      }
      if (query.cursor !== undefined)
        throw new InvalidInputError('A CSV file has no pages: leave the cursor out.', [
          { pointer: '?cursor', detail: 'belongs to the JSON pages' },
        ]);
      const file = await milestoneCsv(ctx, actor, query);
      const today = todayOf(ctx.programs, homeOf(actor), ctx.clock.now());
      return reply
        .type(`${CSV_TYPE}; charset=utf-8`)
        .header('content-disposition', `attachment; filename="milestones-${today}.csv"`)
        .send(file as never);
    },
  });

  app.get('/v1/reports/summary', {
    config: {
      policy: 'reports.read',
      version: (request) => countsVersion(ctx, request),
      namesOthers: true,
      etag: true,
    },
    schema: {
      tags,
      operationId: 'readSummary',
      summary: 'Planning years, states and tasks in numbers',
      description:
        'Grouped by region, district, county, coordinator of today, or month: a state counts in the month since which it lasts, a task in the calendar’s. Every planning year counts, also one that is done or withdrawn.',
      querystring: summaryQuery,
      response: { 200: summary },
    },
    handler: async (request, reply) => {
      await caughtUp(ctx);
      const numbers = await summarize(ctx, request.actor, request.query);
      const { computedAt: _, ...shown } = numbers;
      const tag = tagOf(fingerprint(JSON.stringify(shown)));
      return conditional(request, reply, tag) ? reply : numbers;
    },
  });

  app.get('/v1/changes', {
    config: { policy: 'reports.read' },
    schema: {
      tags,
      operationId: 'listChanges',
      summary: 'Which planning years have changed',
      description:
        'Since a call before, or, without `since`, all of them. Ask again with `nextCursor`, at once as long as pages are full, then now and then; a year that changes again comes again, and none is missed.',
      querystring: changesQuery,
      response: {
        200: changes,
        410: {
          description: 'The cursor is another database’s: begin anew, without one.',
          content: { [PROBLEM_TYPE]: { schema: problemSchema } },
        },
      },
    },
    handler: async (request) => {
      await caughtUp(ctx);
      const { since, limit } = request.query;
      return changesSince(ctx.db, app.cursors, request.actor, since, limit);
    },
  });
}

const JSON_TYPE = 'application/json';
const CSV_TYPE = 'text/csv';
