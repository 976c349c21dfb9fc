import { z } from 'zod';
import type { Context } from '../context.ts';
import type { App } from '../http/app.ts';
import { csvBody, importQuery, MOST_CHANGES } from '../http/import-schemas.ts';
import { acceptCsv } from '../http/input.ts';
import { wholeOrNot } from '../http/whole-or-not.ts';
import { write } from '../http/write.ts';
import { programOfImport } from '../programs/of-import.ts';
import { knownOf, saveContracts } from './import-contracts.ts';
import { type ContractChange, planContracts } from './plan-contracts.ts';
import { readContracts } from './read-contracts.ts';
import { contractImportResult } from './schemas.ts';

export function contractImportRoutes(app: App, ctx: Context): void {
  app.register(async (scope: App) => {
    acceptCsv(scope);
    scope.post(
      '/v1/imports/contracts',
      {
        config: { policy: 'imports.run' },
        schema: {
          operationId: 'importContracts',
          tags: ['Contracts'],
          summary: 'Import contracts',
          description:
            'Columns `vendor,organization,year,proposed_on,signed_on,to`, and `vendor_name` where a vendor is new: the vendor’s code; the code of a school, or of a district for all its schools; the planning year, such as 2026-27; the dates, of which the last two may be empty. An empty one stays as it is, one that is filled in is set. The whole file is taken, or nothing: with a bad row the reply is 422 and lists the `rejected` rows. The same file twice changes nothing, and what the file lacks stays. With `dryRun=true` `changes` tells what would happen.',
          consumes: ['text/csv'],
          querystring: z.strictObject({
            ...importQuery,
            program: z
              .string()
              .optional()
              .describe('Whose years; needed when several have schools'),
          }),
          body: csvBody,
          response: { 200: contractImportResult },
        },
      },
      async (request, reply) => {
        const { dryRun, partial } = request.query;
        const { id } = programOfImport(ctx, request.actor, request.query.program);
        const file = await readContracts(request.body);
        return write(ctx, request, reply, async (trx) => {
          const known = await knownOf(trx, ctx.programs, id, file.lines);
          const plan = await planContracts(file.lines, known);
          const leftOut = wholeOrNot(partial, file.rejected, plan.rejected);
          const changes =
            dryRun === 'true' ? plan.changes : await saveContracts(trx, plan, ctx.clock.now());
          const count = (kind: ContractChange['change']) =>
            changes.filter(({ change }) => change === kind).length;
          return {
            status: 200,
            body: {
              created: count('created'),
              changed: count('changed'),
              unchanged: plan.unchanged,
              vendorsCreated: plan.newVendors.length,
              ...leftOut,
              changes: changes.slice(0, MOST_CHANGES).map(viewOf),
            },
          };
        });
      },
    );
  });
}

const viewOf = ({ id, ...change }: ContractChange) => ({ ...change, contract: id });
