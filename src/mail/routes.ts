import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { NotFoundError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { mailFolder } from './create.ts';
import { localAdministrator } from './local-administrator.ts';
import { listMails, readMail, type StoredMail } from './mailbox.ts';
import { listPage, mailPage } from './pages.ts';

const PAGE = 50;

/** Pages for an administrator on this machine: the mails that were written to files. */
export function mailRoutes(app: App, ctx: Context): void {
  const folder = mailFolder(ctx.config);
  // Not for everyone: the hook asks for the key itself, in the way that a browser understands.
  const config = { policy: 'public' as const };
  const onRequest = localAdministrator(ctx);
  const params = z.strictObject({ name: z.string() });
  const response = { 200: z.string() };

  app.get('/mail', {
    config,
    onRequest,
    schema: {
      hide: true,
      querystring: z.object({ before: z.string().max(200).optional() }),
      response,
    },
    handler: async (request, reply) => {
      const mails = await listMails(folder, PAGE + 1, request.query.before);
      const shown = mails.slice(0, PAGE);
      const older = mails.length > PAGE ? shown.at(-1)!.name : null;
      return sendPage(reply, "frame-src 'self'", listPage(shown, older));
    },
  });

  app.get('/mail/:name', {
    config,
    onRequest,
    schema: { hide: true, params, response },
    handler: async (request, reply) => {
      const mail = await mailNamed(request.params.name);
      return sendPage(reply, "frame-src 'self'", mailPage(mail));
    },
  });

  app.get('/mail/:name/html', {
    config,
    onRequest,
    schema: { hide: true, params, response },
    handler: async (request, reply) => {
      const mail = await mailNamed(request.params.name);
      return sendPage(reply, 'sandbox', mail.html);
    },
  });

  async function mailNamed(name: string): Promise<StoredMail> {
    const mail = await readMail(folder, name);
    if (mail) return mail;
    throw new NotFoundError('There is no such mail; GET /mail lists them.');
  }
}

/** Nothing is loaded and nothing runs; only styles within the page apply. */
const sendPage = (reply: FastifyReply, policy: string, page: string): FastifyReply =>
  reply
    .header(
      'content-security-policy',
      `default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; ${policy}`,
    )
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(page);
