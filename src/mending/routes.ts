import { z } from 'zod';
import type { Context } from '../context.ts';
import type { App } from '../http/app.ts';
import { openPage } from '../http/paging.ts';
import { instant, listOf, pageQuery } from '../http/schemas.ts';
import { quarantinePage } from '../quarantine/store.ts';

const aside = z
  .strictObject({
    kind: z.enum(['planningYear', 'person', 'mail', 'job', 'setting', 'row']),
    id: z.string().describe('Of a `row`, which list it belongs to and its id'),
    since: instant,
    reason: z.string(),
    command: z.string().describe('What mends it'),
  })
  .meta({
    id: 'Quarantined',
    examples: [
      {
        kind: 'planningYear',
        id: '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071',
        since: '2026-11-10T15:00:00.000Z',
        reason: 'Its row is behind its log.',
        command: 'npm run rebuild',
      },
    ],
  });

/** What can't be used as it is stored, and what mends it. */
export function quarantineRoutes(app: App, ctx: Context): void {
  app.get('/v1/quarantine', {
    config: { policy: 'quarantine.read' },
    schema: {
      tags: ['Operations'],
      operationId: 'listQuarantine',
      summary: 'What is set aside, and what mends it',
      description:
        'Single planning years, people, mails and rows that cannot be used as they are stored. All else goes on without them. What is mended is gone from here at once, or with the next minute’s look.',
      querystring: z.strictObject(pageQuery),
      response: { 200: listOf(aside) },
    },
    handler: async (request, reply) => {
      const page = openPage(request, reply, request.query, z.tuple([z.string(), z.string()]));
      return page.close(
        await quarantinePage(ctx.db, page),
        ({ kind, subject }): [string, string] => [kind, subject],
        ({ kind, subject, since, reason, remedy }) => ({
          ...{ kind, id: subject, since: since.toISOString(), reason, command: remedy },
        }),
      );
    },
  });
}
