import { z } from 'zod';
import { todayIn } from '../../calendar/dates.ts';
import type { Context } from '../context.ts';
import type { App } from '../http/app.ts';
import {
  csvBody,
  importQuery,
  leftOut,
  MOST_CHANGES,
  rejectedRow,
} from '../http/import-schemas.ts';
import { acceptCsv } from '../http/input.ts';
import { wholeOrNot } from '../http/whole-or-not.ts';
import { write } from '../http/write.ts';
import { programOfImport } from '../programs/of-import.ts';
import { yearUnderWay } from '../programs/year-under-way.ts';
import { openDesignated, sortDesignations } from './import-designations.ts';
import { currentModel } from './models.ts';
import { readDesignations } from './read-designations.ts';

const result = z
  .strictObject({
    opened: z.int().describe('Planning years opened'),
    unchanged: z.int().describe('Schools that have the year already, opened with the same'),
    withoutPlanningYear: z.int().describe('Schools whose designation calls for none'),
    planningYears: z.array(z.strictObject({ school: z.string(), planningYear: z.uuid() })),
    ...leftOut,
    warnings: z
      .array(rejectedRow)
      .describe(
        'Rows taken, with regions where the rules would not have let them come; the first 1,000',
      ),
    warningsTotal: z.int().describe('How many warnings there are'),
  })
  .meta({ id: 'DesignationImportResult' });

export function designationImportRoutes(app: App, ctx: Context): void {
  app.register(async (scope: App) => {
    acceptCsv(scope);
    scope.post(
      '/v1/imports/designations',
      {
        config: { policy: 'imports.run' },
        schema: {
          operationId: 'importDesignations',
          tags: ['Planning years'],
          summary: 'Import designations',
          description:
            'Opens a planning year, that of the school year of the release, for each school whose designation calls for one. The whole file is taken, or nothing: with a bad row the reply is 422 and lists the `rejected` rows. The same file twice opens nothing anew. Columns such as `region.sip` tell in which state a region stands already, for a year taken over while it is under way; `warnings` name those that the rules across regions would not have let happen.',
          consumes: ['text/csv'],
          querystring: z.strictObject({
            ...importQuery,
            program: z
              .string()
              .optional()
              .describe('Whose designations; needed when several have them'),
          }),
          body: csvBody,
          response: { 200: result },
        },
      },
      async (request, reply) => {
        const { dryRun, partial } = request.query;
        const found = programOfImport(ctx, request.actor, request.query.program);
        const { id: program, pack } = found;
        const today = todayIn(pack.program.zone, ctx.clock.now());
        const model = currentModel(ctx.programs, program, yearUnderWay(pack.program, today));
        const file = await readDesignations(model, request.body, today);
        return write(ctx, request, reply, async (trx) => {
          const sorted = await sortDesignations(ctx, trx, program, file.designations, today);
          const left = wholeOrNot(partial, file.rejected, sorted.rejected);
          const opened =
            dryRun === 'true' ? [] : await openDesignated(ctx, trx, sorted.years, request.actor);
          const { unchanged, withoutPlanningYear } = sorted;
          return {
            status: 200,
            body: {
              opened: dryRun === 'true' ? sorted.years.length : opened.length,
              unchanged,
              withoutPlanningYear,
              planningYears: opened,
              ...left,
              warnings: sorted.warnings.slice(0, MOST_CHANGES),
              warningsTotal: sorted.warnings.length,
            },
          };
        });
      },
    );
  });
}
