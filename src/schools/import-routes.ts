import { z } from 'zod';
import type { Context } from '../context.ts';
import type { App } from '../http/app.ts';
import { csvBody, importQuery } from '../http/import-schemas.ts';
import { acceptCsv } from '../http/input.ts';
import { wholeOrNot } from '../http/whole-or-not.ts';
import { write } from '../http/write.ts';
import { programOfImport } from '../programs/of-import.ts';
import { readDirectory } from './read-directory.ts';
import { absentCodes, saveDirectory } from './save-directory.ts';
import { schoolImportResult } from './schemas.ts';

export function schoolImportRoutes(app: App, ctx: Context): void {
  app.register(async (scope: App) => {
    acceptCsv(scope);
    scope.post(
      '/v1/imports/schools',
      {
        config: { policy: 'imports.run' },
        schema: {
          operationId: 'importSchools',
          tags: ['Schools'],
          summary: 'Import the directory',
          description:
            'The whole file is taken, or nothing: with a bad row the reply is 422 and lists the `rejected` rows. The same file twice changes nothing; what it lacks is reported, never deleted.',
          consumes: ['text/csv'],
          querystring: z.strictObject({
            ...importQuery,
            program: z
              .string()
              .optional()
              .describe('Whose directory; needed when several have one'),
          }),
          body: csvBody,
          response: { 200: schoolImportResult },
        },
      },
      async (request, reply) => {
        const { dryRun, partial, program } = request.query;
        const { directory } = programOfImport(ctx, request.actor, program).pack.program;
        const file = await readDirectory(directory, request.body);
        const leftOut = wholeOrNot(partial, file.rejected);
        return write(ctx, request, reply, async (trx) => {
          const changes = await saveDirectory(
            trx,
            file.entries,
            ctx.clock.now(),
            dryRun === 'true',
          );
          const absent = await absentCodes(trx, file.mentioned);
          return { status: 200, body: { ...changes, absent, ...leftOut } };
        });
      },
    );
  });
}
