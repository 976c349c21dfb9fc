import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Context } from '../context.ts';
import type { App } from '../http/app.ts';
import { openPage } from '../http/paging.ts';
import { entryOf } from './entries.ts';
import { exportAudit } from './export.ts';
import { listFacts } from './find.ts';
import { exportQuery, type fact, facts, factsQuery } from './schemas.ts';

/** What was witnessed beside the logs, and everything as a file that others can verify. */
export function auditRoutes(app: App, ctx: Context): void {
  const tags = ['Audit'];

  app.get('/v1/audit', {
    config: { policy: 'audit.read' },
    schema: {
      tags,
      operationId: 'listAudit',
      summary: 'List what was witnessed',
      description:
        'Sign-ins, refusals, forced events, exports and the acts of administrators, newest first. What happens to a planning year stands in its own log.',
      querystring: factsQuery,
      response: { 200: facts },
    },
    handler: async (request, reply) => {
      const page = openPage(request, reply, request.query, z.uuid());
      const rows = await listFacts(ctx.db, request.actor, request.query, page.after, page.fetch);
      return page.close(
        rows,
        ({ id }) => id,
        (row) => entryOf(row) as z.infer<typeof fact>,
      );
    },
  });

  app.get('/v1/audit/export', {
    config: { policy: 'audit.export' },
    schema: {
      tags,
      operationId: 'exportAudit',
      summary: 'Export the logs with their seals',
      description:
        'Lines of JSON, as of one moment, which `npm run audit:verify -- FILE` checks offline: every chain, the head of every log, and the daily seals.',
      querystring: exportQuery,
      response: {
        200: { description: 'The file.', content: { [NDJSON]: { schema: z.string() } } },
      },
    },
    handler: async (request, reply) => {
      const lines = exportAudit(ctx, request.actor, request.query);
      const today = ctx.clock.now().toISOString().slice(0, 10);
      return reply
        .type(NDJSON)
        .header('content-disposition', `attachment; filename="audit-${today}.ndjson"`)
        .send(Readable.from(lines, { objectMode: false }) as never);
    },
  });
}

const NDJSON = 'application/x-ndjson';
