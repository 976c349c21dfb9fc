import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context } from '../context.ts';
import type { App } from '../http/app.ts';
import { acceptJsonAsText, acceptMail } from '../http/input.ts';
import { write } from '../http/write.ts';
import { applyReports } from './apply-reports.ts';
import { jsonReport, readJsonReport, unwrapped } from './provider-report.ts';
import { type DeliveryReport, readReport } from './read-report.ts';

const taken = z
  .strictObject({
    reports: z.int().describe('Reports read, one for each recipient'),
    known: z.int().describe('Those about mails that were sent from here'),
  })
  .meta({ id: 'DeliveryReportsTaken', examples: [{ reports: 1, known: 1 }] });

/** What mail servers tell later of mails that they took: bounced, delayed, delivered, called spam. */
export function deliveryReportRoutes(app: App, ctx: Context): void {
  const shared = { tags: ['Operations'] };
  const config = { policy: 'mail.report' as const };
  const response = { 200: taken };

  /** Amazon SNS sends the password that it has only where it is asked for one. */
  const askForPassword = (scope: App) =>
    scope.addHook('onSend', async (_request, reply) => {
      if (reply.statusCode === 401)
        reply.header('www-authenticate', [
          'Basic realm="planning-year"',
          'Bearer realm="planning-year"',
        ]);
    });

  app.register(async (scope: App) => {
    askForPassword(scope);
    acceptJsonAsText(scope);
    scope.post(
      '/v1/mail/reports',
      {
        config,
        schema: {
          ...shared,
          operationId: 'reportDelivery',
          summary: 'Tell what became of a mail',
          description:
            'For a webhook of a mail provider, with a key of the role `webhook`, which allows nothing else; where the provider can send no `Authorization: Bearer`, the key may be the password of Basic authentication. A mail that bounced is marked so in the ledger. Its address gets no more mail only where the report says that the mailbox is not there; otherwise whoever coordinates its person is told. A complaint switches off what is optional. A report of a mail that was not sent from here changes nothing. Amazon SNS may send notifications of Amazon SES as they come, in its envelope or raw; the link that confirms its subscription is written to the log.',
          body: jsonReport,
          response,
        },
        preValidation: async (request, reply) => {
          const body = unwrapped(request.body);
          if ('report' in body) {
            request.body = body.report as typeof request.body;
            return;
          }
          const { says, ...about } = body.notice;
          ctx.log.warn(about, says);
          return reply.send({ reports: 0, known: 0 });
        },
      },
      (request, reply) => take(request, reply, readJsonReport(request.body)),
    );
  });

  app.register(async (scope: App) => {
    askForPassword(scope);
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
            'A delivery status notification (RFC 3464), a complaint (RFC 5965) or a bounce of qmail whole, as it came to MAIL_FROM. Any other mail is read as no report.',
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
      body: { reports: reports.length, known: await applyReports(ctx, trx, reports) },
    }));
}
