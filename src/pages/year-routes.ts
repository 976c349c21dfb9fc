import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { NotFoundError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { baseOf } from '../http/base.ts';
import { idOf, idParams } from '../http/schemas.ts';
import { pageScope } from '../layout/page-scope.ts';
import { caughtUp } from '../planning-years/clock-scan.ts';
import { namedYear } from '../planning-years/find.ts';
import { soundModelOf } from '../planning-years/sound.ts';
import { broughtUp } from '../planning-years/upgrade.ts';
import { sightOf, subjectOf, yearItem } from '../planning-years/view.ts';
import { lastEntries } from './log-lines.ts';
import { whoTeller } from './who.ts';
import { capital, longDate, shortDate } from './words.ts';
import { type YearPage, yearPage } from './year-page.ts';
import { tasksOfYear } from './year-tasks.ts';

/** The page of one school's year. */
export function yearPageRoutes(app: App, ctx: Context): void {
  const subject = async (request: FastifyRequest) => {
    const id = idOf(request.params);
    const year = id === null ? undefined : await namedYear(ctx.db, id);
    return year ? subjectOf(year) : null;
  };
  pageScope(app, ctx, (scope) => {
    scope.get('/planning-years/:id', {
      config: { policy: 'planningYears.read', subject, signedIn: true },
      schema: {
        hide: true,
        params: idParams,
        querystring: z.object({}),
        response: { 200: z.string() },
      },
      handler: async (request, reply) => {
        await caughtUp(ctx);
        return reply.send(yearPage(await yearOnPage(ctx, request.actor, request.params.id)));
      },
    });
  });
}

async function yearOnPage(ctx: Context, reader: Actor, id: string): Promise<YearPage> {
  const found = await namedYear(ctx.db, id);
  const [row] = found ? await broughtUp(ctx, ctx.db, [found]) : [];
  if (!row) throw new NotFoundError('There is no such planning year.');
  const model = await soundModelOf(ctx.programs, ctx.db, row);
  const sight = sightOf(row, model, reader, ctx.clock.now());
  const { regions, progress, lastContact } = yearItem(sight);
  const { roles, title } = model.pack.program;
  const titleOf = (id: string) => roles.find((role) => role.id === id)?.title ?? capital(id);
  const base = baseOf(ctx);
  const words = { base, titleOf };
  return {
    base,
    school: row.organizationName,
    district: row.organizationKind === 'school' ? row.districtName : null,
    year: row.year,
    program: title,
    status: row.status,
    progress,
    lastContact: lastContact && longDate(lastContact),
    regions: Object.values(regions).map(({ regionTitle, title, since, overdue }) => ({
      ...{ region: regionTitle, state: title, since: shortDate(since), late: overdue },
    })),
    tasks: await tasksOfYear(ctx, reader, row, model, sight.today, words),
    log: await lastEntries(ctx, reader, row, model, whoTeller(ctx, reader, titleOf)),
  };
}
