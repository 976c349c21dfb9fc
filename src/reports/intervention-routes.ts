import { z } from 'zod';
import type { Context } from '../context.ts';
import type { App } from '../http/app.ts';
import { openPage } from '../http/paging.ts';
import { instant } from '../http/schemas.ts';
import { interventions, interventionsQuery } from './intervention-schemas.ts';
import { interventionView, listInterventions } from './interventions.ts';

/** What the state is told of without being asked. */
export function interventionRoutes(app: App, ctx: Context): void {
  app.get('/v1/reports/interventions', {
    config: { policy: 'interventions.read' },
    schema: {
      tags: ['Reports'],
      operationId: 'listInterventions',
      summary: 'Where coordinators have stepped in',
      description:
        'Every task that a coordinator has waived or given a later date, every region forced into a state, and every act dated more than 30 days back, with its reason; the newest first.',
      querystring: interventionsQuery,
      response: { 200: interventions },
    },
    handler: async (request, reply) => {
      const { actor, query } = request;
      const page = openPage(request, reply, query, z.tuple([instant, z.uuid(), z.int()]));
      const rows = await listInterventions(ctx.db, actor, query, page.after, page.fetch);
      return page.close(
        rows,
        ({ id, entry }) => [entry.recordedAt, id, entry.seq] as [string, string, number],
        interventionView,
      );
    },
  });
}
