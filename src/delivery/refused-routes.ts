import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { NotFoundError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { openPage } from '../http/paging.ts';
import { id, idOf, idParams, pageQuery } from '../http/schemas.ts';
import { refusedById, refusedPage, refusedSubject } from './refused-addresses.ts';
import { refusedAddress, refusedAddresses } from './refused-schemas.ts';
import { refusedView } from './refused-view.ts';

/** What a coordinator is to see mended: people who hold a role and whom mail may not reach. */
export function refusedAddressRoutes(app: App, ctx: Context): void {
  const subject = (request: FastifyRequest) =>
    refusedSubject(ctx, request.actor, idOf(request.params));
  const shared = { tags: ['Reminders'] };

  app.get('/v1/mail/refused-addresses', {
    config: { policy: 'addresses.mend' },
    schema: {
      ...shared,
      operationId: 'listRefusedAddresses',
      summary: 'List addresses to mend',
      description:
        'People who hold a role today and whose address refuses mail, did not get a mail, or has called one spam, the oldest first. Whoever coordinates their places is told of each once; where nobody does, or their own address is refused, the state is. An item is gone as soon as the address is changed or released, its person holds no role any more, or, for mail that did not arrive, a mail has gone through a week later.',
      querystring: z.strictObject(pageQuery),
      response: { 200: refusedAddresses },
    },
    handler: async (request, reply) => {
      const page = openPage(request, reply, request.query, id);
      const rows = await refusedPage(ctx, request.actor, page);
      return page.close(
        rows,
        (row) => row.id,
        (row) => refusedView(ctx, request.actor, row),
      );
    },
  });

  app.get('/v1/mail/refused-addresses/:id', {
    config: { policy: 'addresses.mend', subject },
    schema: {
      ...shared,
      operationId: 'getRefusedAddress',
      summary: 'One address to mend',
      description:
        'Whose it is, what they do where, what the mail server said, and what to do next. 404 when it is mended.',
      params: idParams,
      response: { 200: refusedAddress },
    },
    handler: async (request) => {
      const row = await refusedById(ctx, request.actor, request.params.id);
      if (!row) throw new NotFoundError('There is nothing to mend here any more.');
      return refusedView(ctx, request.actor, row);
    },
  });
}
