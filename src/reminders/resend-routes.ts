import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context } from '../context.ts';
import type { App } from '../http/app.ts';
import { id, idOf, idParams } from '../http/schemas.ts';
import { write } from '../http/write.ts';
import { resend } from './resend.ts';

const resent = z
  .strictObject({ reminder: id, message: id.describe('The new mail') })
  .meta({ id: 'ReminderResent' });

/** One reminder once more. */
export function resendRoutes(app: App, ctx: Context): void {
  const subject = async (request: FastifyRequest) => {
    const reminder = idOf(request.params);
    if (reminder === null) return null;
    const row = await ctx.db
      .selectFrom('reminders as r')
      .innerJoin('planningYears as y', 'y.id', 'r.planningYearId')
      .select(['y.program', 'y.districtCode as district', 'y.organizationCode as school'])
      .select(['r.personId as person', 'r.role'])
      .where('r.id', '=', reminder)
      .executeTakeFirst();
    return row ?? null;
  };

  app.post(
    '/v1/reminders/:id/resend',
    {
      config: { policy: 'reminders.resend', subject },
      schema: {
        tags: ['Reminders'],
        operationId: 'resendReminder',
        summary: 'Send a reminder once more',
        description:
          'In a mail of its own, at once, or as soon as the quiet hours, the weekend or the holiday are over. Refused (409) when nobody holds the role, the address refuses mail, it is on its way already, or it no longer matters: then `reason` says why.',
        params: idParams,
        response: { 202: resent },
      },
    },
    (request, reply) =>
      write(ctx, request, reply, async (trx) => {
        const reminder = request.params.id;
        return { status: 202, body: { reminder, message: await resend(ctx, trx, reminder) } };
      }),
  );
}
