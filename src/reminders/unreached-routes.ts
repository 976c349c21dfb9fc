import type { Context } from '../context.ts';
import type { App } from '../http/app.ts';
import { openPage } from '../http/paging.ts';
import { caughtUp } from '../planning-years/clock-scan.ts';
import { listUnreached, type UnreachedRow } from './unreached.ts';
import {
  type UnreachedKey,
  type UnreachedRole,
  unreachedKey,
  unreachedQuery,
  unreachedRoles,
} from './unreached-schemas.ts';

/** Whose mail would reach nobody: told before a date is missed. */
export function unreachedRoutes(app: App, ctx: Context): void {
  app.get('/v1/reminders/unreached', {
    config: { policy: 'reminders.read' },
    schema: {
      tags: ['Reminders'],
      operationId: 'listUnreachedRoles',
      summary: 'List schools whose mail would reach nobody',
      description:
        'Each role of an active planning year that has open or blocked tasks and that nobody holds today: not for the school, nor for its district, nor for the state. Whoever has an address that refuses mail counts as nobody. By school.',
      querystring: unreachedQuery,
      response: { 200: unreachedRoles },
    },
    handler: async (request, reply) => {
      await caughtUp(ctx);
      const page = openPage(request, reply, request.query, unreachedKey);
      const rows = await listUnreached(ctx, request.actor, request.query, page.after, page.fetch);
      return page.close(rows, keyOf, viewOf);
    },
  });
}

const keyOf = (row: UnreachedRow): UnreachedKey => ({
  organization: row.organizationCode,
  planningYear: row.id,
  role: row.role,
});

const viewOf = (row: UnreachedRow): UnreachedRole => ({
  planningYear: row.id,
  school: row.organizationKind === 'school' ? row.organizationCode : null,
  name: row.organizationName,
  district: { code: row.districtCode, name: row.districtName },
  role: row.role,
  roleTitle: row.roleTitle,
  suppressed: row.suppressed,
  tasks: row.tasks,
  nextDueOn: row.nextDueOn,
});
