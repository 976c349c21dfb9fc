import { z } from 'zod';
import type { Context } from '../context.ts';
import type { App } from '../http/app.ts';
import { csvBody, importQuery, MOST_CHANGES } from '../http/import-schemas.ts';
import { acceptCsv } from '../http/input.ts';
import { wholeOrNot } from '../http/whole-or-not.ts';
import { write } from '../http/write.ts';
import { programOfImport } from '../programs/of-import.ts';
import { knownOf, newcomersOf, saveAssignments } from './import-assignments.ts';
import { planFile } from './plan-assignments.ts';
import { readAssignments } from './read-assignments.ts';
import { assignmentImportResult } from './schemas.ts';
import type { Change } from './timeline.ts';

export function assignmentImportRoutes(app: App, ctx: Context): void {
  app.register(async (scope: App) => {
    acceptCsv(scope);
    scope.post(
      '/v1/imports/assignments',
      {
        config: { policy: 'imports.run' },
        schema: {
          operationId: 'importAssignments',
          tags: ['People'],
          summary: 'Import assignments',
          description:
            'Columns `organization,role,name,email,from,to`: the code of a school, a district or the agency, or, for a vendor’s role, of a vendor; a role of the program; a person, who is known by the address and added when it is new; the first and the last day, the latter empty while it is open. An organization has one coordinator (role of kind coach) at a time: there an open assignment of another person ends on the day before the new one’s first; other roles may be held by several. A row with a last day ends the assignment that is open. At a school that has closed nobody is given a role any more; the row is told which one goes on in its place. The whole file is taken, or nothing: with a bad row the reply is 422 and lists the `rejected` rows. The same file twice changes nothing, and what the file lacks stays. With `dryRun=true` `changes` tells what would happen.',
          consumes: ['text/csv'],
          querystring: z.strictObject({
            ...importQuery,
            program: z.string().optional().describe('Whose roles; needed when several have them'),
          }),
          body: csvBody,
          response: { 200: assignmentImportResult },
        },
      },
      async (request, reply) => {
        const { dryRun, partial } = request.query;
        const { pack } = programOfImport(ctx, request.actor, request.query.program);
        const file = await readAssignments(pack.program, request.body);
        return write(ctx, request, reply, async (trx) => {
          const known = await knownOf(trx, pack.program, file.lines);
          const plan = await planFile(file.lines, known, pack.program);
          const leftOut = wholeOrNot(partial, file.rejected, plan.rejected);
          const changes =
            dryRun === 'true'
              ? plan.changes
              : await saveAssignments(trx, pack.program.id, plan.changes, ctx.clock.now());
          const count = (kind: Change['change']) =>
            changes.filter(({ change }) => change === kind).length;
          return {
            status: 200,
            body: {
              created: count('created'),
              ended: count('ended'),
              unchanged: plan.unchanged,
              peopleCreated: newcomersOf(plan.changes).length,
              ...leftOut,
              changes: changes.slice(0, MOST_CHANGES).map(viewOf),
            },
          };
        });
      },
    );
  });
}

const viewOf = ({ row, change, id, ...what }: Change) => ({ row, change, assignment: id, ...what });
