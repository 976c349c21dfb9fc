import { sql } from 'kysely';
import { z } from 'zod';
import type { Context } from '../context.ts';
import type { App } from './app.ts';
import { UnavailableError } from './http-errors.ts';

/** Something that has to work before requests are worth sending here. Throws when it does not. */
export interface Check {
  name: string;
  run: () => Promise<void>;
}

const status = z
  .strictObject({ status: z.literal('ok') })
  .meta({ id: 'Health', examples: [{ status: 'ok' }] });

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
        description: 'Asks everything that requests depend on, above all the database.',
        response: { 200: status },
      },
    },
    async () => {
      const results = await Promise.allSettled(checks.map(({ run }) => run()));
      const failed = checks.filter((_, at) => results[at]?.status === 'rejected');
      if (failed.length > 0)
        throw new UnavailableError(
          `Not ready: ${failed.map(({ name }) => name).join(', ')}. Try again in a moment.`,
          { failed: failed.map(({ name }) => name) },
        );
      return { status: 'ok' as const };
    },
  );
}
