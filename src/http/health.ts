import { sql } from 'kysely';
import { z } from 'zod';
import type { Context } from '../context.ts';
import type { App } from './app.ts';
import { UnavailableError } from './http-errors.ts';
import { shared } from './shared.ts';

/** Something that has to work before requests are worth sending here. Throws when it does not. */
export interface Check {
  name: string;
  run: () => Promise<void>;
  /** When it fails the server is ready all the same, and says so. */
  warnsOnly?: true;
}

const status = z
  .strictObject({ status: z.literal('ok') })
  .meta({ id: 'Health', examples: [{ status: 'ok' }] });

const readiness = z
  .strictObject({
    status: z.literal('ok'),
    warnings: z.array(z.string()).describe('What does not work, and keeps no request from it'),
  })
  .meta({ id: 'Readiness', examples: [{ status: 'ok', warnings: ['mailServer: signIn'] }] });

/** `/livez`: the process answers. `/readyz`: so does all that it depends on. */
export function healthRoutes(app: App, ctx: Context, more: Check[]): void {
  const checks: Check[] = [
    {
      name: 'database',
      run: async () => {
        await sql`select 1`.execute(ctx.db);
      },
    },
    ...more,
  ];
  // Probes are not counted, so all of a moment are told the same.
  const asked = shared(() => Promise.allSettled(checks.map(({ run }) => run())));

  app.get(
    '/livez',
    {
      config: { policy: 'public' },
      schema: {
        operationId: 'getLiveness',
        tags: ['Operations'],
        summary: 'Is the process alive?',
        description: 'Asks nothing but the process itself.',
        response: { 200: status },
      },
    },
    async () => ({ status: 'ok' as const }),
  );

  app.get(
    '/readyz',
    {
      config: { policy: 'public' },
      schema: {
        operationId: 'getReadiness',
        tags: ['Operations'],
        summary: 'Can it serve requests?',
        description:
          'Asks everything that requests depend on, above all the database, and that somebody looks for what is due.',
        response: { 200: readiness },
      },
    },
    async () => {
      const results = await asked();
      const failed = checks.flatMap(({ name, warnsOnly }, at) => {
        const result = results[at];
        if (result?.status !== 'rejected') return [];
        return { name, warnsOnly, reason: (result.reason as Error).message };
      });
      const fatal = failed.filter(({ warnsOnly }) => !warnsOnly).map(({ name }) => name);
      if (fatal.length > 0)
        throw new UnavailableError(`Not ready: ${fatal.join(', ')}. Try again in a moment.`, {
          failed: fatal,
        });
      const warnings = failed.map(({ name, reason }) => `${name}: ${reason}`);
      return { status: 'ok' as const, warnings };
    },
  );
}
