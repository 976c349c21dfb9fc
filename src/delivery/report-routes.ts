import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context } from '../context.ts';
import type { App } from '../http/app.ts';
import { acceptMail } from '../http/input.ts';
import { write } from '../http/write.ts';
import { applyReports } from './apply-reports.ts';
import { jsonReport, readJsonReport } from './provider-report.ts';
import { type DeliveryReport, readReport } from './read-report.ts';

const taken = z
  .strictObject({
    reports: z.int().describe('Reports read, one for each recipient'),
    known: z.int().describe('Those about mails that were sent from here'),
  })
  .meta({ id: 'DeliveryReportsTaken', examples: [{ reports: 1, known: 1 }] });

/** What mail servers tell later of mails that they took: bounced, delayed, delivered. */
export function deliveryReportRoutes(app: App, ctx: Context): void {
  const shared = { tags: ['Operations'] };
  const config = { policy: 'mail.report' as const };
  const response = { 200: taken };

  app.post(
    '/v1/mail/reports',
    {
      config,
      schema: {
        ...shared,
        operationId: 'reportDelivery',
        summary: 'Tell what became of a mail',
        description:
          'For a webhook of a mail provider, with a key of the role `webhook`, which allows nothing else. A mail that bounced is marked so in the ledger; where it did for good, its address gets no more mail. A report of a mail that was not sent from here changes nothing.',
        body: jsonReport,
        response,
      },
    },
    (request, reply) => take(request, reply, readJsonReport(request.body)),
  );

  app.register(async (scope: App) => {
    acceptMail(scope);
    scope.post(
      '/v1/mail/reports/message',
      {
        config,
        schema: {
          ...shared,
          operationId: 'reportDeliveryByMail',
          summary: 'Tell what became of a mail, by the mail that came back',
          description:
            'A delivery status notification (RFC 3464) whole, as the mail server sent it to MAIL_FROM. Any other mail is read as no report.',
          consumes: ['message/rfc822', 'multipart/report'],
          body: z.string().describe('The mail, with its headers'),
          response,
        },
      },
      async (request, reply) =>
        take(request, reply, await readReport(Buffer.from(request.body, 'latin1'))),
    );
  });

  const take = (request: FastifyRequest, reply: FastifyReply, reports: DeliveryReport[]) =>
    write(ctx, request, reply, async (trx) => ({
      status: 200,
      body: { reports: reports.length, known: await applyReports(trx, reports, ctx.clock.now()) },
    }));
}
