import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { instantOf } from '../db/instant.ts';
import { NotFoundError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { requireMatch } from '../http/etag.ts';
import { openPage } from '../http/paging.ts';
import { id, idOf, idParams, instant, listOf, pageQuery } from '../http/schemas.ts';
import { write } from '../http/write.ts';
import { refusedSubject } from './refused-addresses.ts';
import {
  release,
  type Settled,
  type Suppression,
  settleTrouble,
  suppressionPage,
} from './suppressions.ts';

const suppression = z
  .strictObject({
    id,
    address: z.string(),
    reason: z
      .enum(['refused', 'bounced'])
      .describe('refused: when the mail was sent; bounced: by a report that came later'),
    since: instant,
    detail: z.string().describe('What the mail server said'),
    message: id.nullable(),
  })
  .meta({ id: 'Suppression' });

const released = suppression
  .extend({ reason: z.enum(['refused', 'bounced', 'undelivered', 'complained']) })
  .meta({ id: 'ReleasedAddress' });

/** The addresses that nothing is sent to any more. */
export function suppressionRoutes(app: App, ctx: Context): void {
  const shared = { tags: ['Operations'] };
  const subject = (request: FastifyRequest) =>
    refusedSubject(ctx, request.actor, idOf(request.params));

  app.get(
    '/v1/mail/suppressions',
    {
      config: { policy: 'mail.manage' },
      schema: {
        ...shared,
        operationId: 'listSuppressions',
        summary: 'List addresses that get no mail',
        description:
          'An address that a mail server refuses for good gets no more mail. To mend it, give the person another address, or release this one. By address.',
        querystring: z.strictObject(pageQuery),
        response: { 200: listOf(suppression).meta({ id: 'Suppressions' }) },
      },
    },
    async (request, reply) => {
      const page = openPage(request, reply, request.query, z.string());
      return page.close(await suppressionPage(ctx.db, page), ({ address }) => address, viewOf);
    },
  );

  app.post(
    '/v1/mail/suppressions/:id/release',
    {
      config: { policy: 'addresses.mend', subject, ifMatch: true },
      schema: {
        ...shared,
        operationId: 'releaseSuppression',
        summary: 'Send to an address again',
        description:
          'The address works again; its version is always 1. Whoever coordinates a place of its person may say so. What was held for it goes into the next digest of its person, as far as it still matters. Also takes a trouble that keeps no mail back off the list of addresses to mend.',
        params: idParams,
        response: { 200: released },
      },
    },
    (request, reply) =>
      write(ctx, request, reply, async (trx) => {
        // It never changes: it stands, or is gone.
        requireMatch(request, 1);
        const { id: asked } = request.params;
        const released = (await release(trx, asked)) ?? (await settleTrouble(trx, asked));
        if (!released) throw new NotFoundError('There is no such suppression.');
        ctx.log.info(
          { by: request.actor.id, suppression: released.id },
          'An address was released.',
        );
        return { status: 200, body: viewOf(released) };
      }),
  );
}

const viewOf = <Row extends Suppression | Settled>(row: Row) => ({
  id: row.id,
  address: row.address,
  reason: row.reason as Row['reason'],
  since: instantOf(row.since),
  detail: row.detail,
  message: row.messageId,
});
