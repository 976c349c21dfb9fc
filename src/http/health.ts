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

/** Only a write tells that writes work: a full disk, or a standby, reads as ever. */
async function writeOnce({ db, clock }: Pick<Context, 'db' | 'clock'>): Promise<void> {
  const at = clock.now();
  await db
    .insertInto('heartbeats')
    .values({ name: 'write', at })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ at }))
    .execute();
}

/** So long it stands that it worked, in milliseconds: whoever asks all the time is not to fill the disk. */
const STANDS = 1_000;

function remembered(run: () => Promise<void>): () => Promise<void> {
  let [since, result]: [number, Promise<void> | null] = [0, null];
  return () => {
    if (result && performance.now() - since <= STANDS) return result;
    since = performance.now();
    const one = run();
    result = one;
    one.catch(() => {
      if (result === one) result = null;
    });
    return one;
  };
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
    { name: 'database', run: remembered(() => writeOnce(ctx)) },
    {
      name: 'clock',
      run: async () => {
        const doubt = await ctx.clock.doubt?.();
        if (doubt) throw new UnavailableError(doubt);
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
          'Asks everything that requests depend on, above all whether the database takes writes, and that somebody looks for what is due.',
        response: { 200: readiness },
      },
    },
    async () => {
      const results = await asked();
      const failed = checks.flatMap(({ name, warnsOnly }, at) => {
        const result = results[at];
        if (result?.status !== 'rejected') return [];
        const { message } = result.reason as Error;
        const isTold = result.reason instanceof UnavailableError;
        return { name, warnsOnly, reason: message, told: isTold ? `${message} ` : '' };
      });
      const fatal = failed.filter(({ warnsOnly }) => !warnsOnly);
      if (fatal.length > 0) {
        const names = fatal.map(({ name }) => name);
        const told = fatal.map((one) => one.told).join('');
        throw new UnavailableError(
          `Not ready: ${names.join(', ')}. ${told}Try again in a moment.`,
          {
            failed: names,
          },
        );
      }
      const warnings = failed.map(({ name, reason }) => `${name}: ${reason}`);
      return { status: 'ok' as const, warnings };
    },
  );
}
