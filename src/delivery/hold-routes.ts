import { z } from 'zod';
import { witness } from '../actor.ts';
import type { Context, DbOrTrx } from '../context.ts';
import type { App } from '../http/app.ts';
import { instant } from '../http/schemas.ts';
import { write } from '../http/write.ts';
import { mailSettings, releaseMail } from './settings.ts';

const mailHold = z
  .strictObject({
    held: z.boolean(),
    since: instant.nullable(),
    reason: z.string().nullable(),
  })
  .meta({
    id: 'MailHold',
    examples: [
      {
        held: true,
        since: '2026-11-10T15:00:00.000Z',
        reason: 'Restored from a backup of 2026-11-09T02:00:00.000Z.',
      },
    ],
  });

/** Whether mail goes out, and letting it go out again after a restore. */
export function mailHoldRoutes(app: App, ctx: Context): void {
  const shared = { tags: ['Operations'] };
  const config = { policy: 'mail.manage' as const };

  app.get(
    '/v1/mail/hold',
    {
      config,
      schema: {
        ...shared,
        operationId: 'getMailHold',
        summary: 'Is mail held?',
        description:
          'After a restore, or while an administrator pauses mail, none goes out until it is released: reminders are recorded and wait.',
        response: { 200: mailHold },
      },
    },
    () => viewOf(ctx.db),
  );

  app.post(
    '/v1/mail/release',
    {
      config,
      schema: {
        ...shared,
        operationId: 'releaseMail',
        summary: 'Let mail go out',
        description:
          'Ends the pause of a restore, or of an administrator: what has waited goes out within a minute, one digest a person. Where nothing is held nothing happens. Look at `GET /v1/reminders` before.',
        response: { 200: mailHold },
      },
    },
    (request, reply) =>
      write(ctx, request, reply, async (trx) => {
        if (await releaseMail(trx, witness(request.actor), ctx.clock.now()))
          ctx.log.info({ by: request.actor.id }, 'Mail was released.');
        return { status: 200, body: await viewOf(trx) };
      }),
  );
}

async function viewOf(db: DbOrTrx): Promise<z.infer<typeof mailHold>> {
  const { paused } = await mailSettings(db);
  return {
    held: paused !== null,
    since: paused?.since.toISOString() ?? null,
    reason: paused?.reason ?? null,
  };
}
