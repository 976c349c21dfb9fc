import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { InvalidInputError, UnprocessableError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { csvBody, importQuery } from '../http/import-schemas.ts';
import { acceptCsv } from '../http/input.ts';
import { inScope } from '../http/policy.ts';
import { write } from '../http/write.ts';
import type { Program } from '../programs/programs.ts';
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
            'The whole file is taken, or nothing: with a bad row the reply is 422 and lists every `rejected` row. The same file twice changes nothing; what it lacks is reported, never deleted.',
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
        const { directory } = programOf(ctx, request, program).pack.program;
        const file = readDirectory(directory, request.body);
        if (file.rejected.length > 0 && partial === 'false')
          throw new UnprocessableError(
            'rows-rejected',
            `Nothing was taken: ${file.rejected.length} rows are bad. Correct them, or send the file with partial=true to take the others.`,
            { rejected: file.rejected },
          );
        return write(ctx, request, reply, async (trx) => {
          const changes = await saveDirectory(
            trx,
            file.entries,
            ctx.clock.now(),
            dryRun === 'true',
          );
          const absent = await absentCodes(trx, file.mentioned);
          return { status: 200, body: { ...changes, absent, rejected: file.rejected } };
        });
      },
    );
  });
}

/** The program whose directory the file is: named, or the only one that is about schools. */
function programOf(ctx: Context, { actor }: FastifyRequest, named: string | undefined): Program {
  const candidates = ctx.programs.all.filter(
    ({ id, pack }) =>
      inScope(actor, { program: id }) &&
      (named === undefined ? pack.program.unit === 'school' : id === named),
  );
  if (candidates.length === 1) return candidates[0]!;
  throw new InvalidInputError('Say whose directory this is.', [
    { pointer: '?program', detail: 'must name a program' },
  ]);
}
