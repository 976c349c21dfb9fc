import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { instantOf } from '../db/instant.ts';
import { NotFoundError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { conditional, etagOf, requireMatch } from '../http/etag.ts';
import { openPage } from '../http/paging.ts';
import { id, idOf, listOf, nothing, pageQuery } from '../http/schemas.ts';
import { write } from '../http/write.ts';
import { personSubject } from '../people/person-subject.ts';
import { feedParams, feedView, freshFeed, newFeed, personParams } from './schemas.ts';
import { addFeed, type Feed, feedById, feedsOf, revokeFeed } from './store.ts';

/** Addresses under which a person's deadlines can be subscribed to. */
export function feedRoutes(app: App, ctx: Context): void {
  const subject = personSubject(ctx);
  const subjectOfFeed = async (request: FastifyRequest) => {
    const about = await subject(request);
    const feed = idOf(request.params, 'feed');
    return about?.person && feed !== null && (await feedById(ctx.db, about.person, feed))
      ? about
      : null;
  };
  const tags = ['People'];

  app.get(
    '/v1/people/:id/feeds',
    {
      config: { policy: 'feeds.manage', subject },
      schema: {
        tags,
        operationId: 'listFeeds',
        summary: 'A person’s calendar feeds',
        description: 'In the order in which they were made; revoked ones stay on record.',
        params: personParams,
        querystring: z.strictObject(pageQuery),
        response: { 200: listOf(feedView) },
      },
    },
    async (request, reply) => {
      const page = openPage(request, reply, request.query, id);
      const rows = await feedsOf(ctx.db, request.params.id, page);
      return page.close(rows, (feed) => feed.id, viewOf);
    },
  );

  app.post(
    '/v1/people/:id/feeds',
    {
      config: { policy: 'feeds.manage', subject, etag: true },
      schema: {
        tags,
        operationId: 'addFeed',
        summary: 'Make a calendar feed',
        description:
          'The reply carries the secret address as `url`, this once: give it to the calendar program that is to subscribe to it.',
        params: personParams,
        body: newFeed,
        response: { 201: freshFeed },
      },
    },
    (request, reply) => {
      reply.header('cache-control', 'no-store');
      return write(ctx, request, reply, async (trx) => {
        const person = request.params.id;
        const { token, ...feed } = await addFeed(trx, person, request.body.label, ctx.clock.now());
        return {
          status: 201,
          body: { ...viewOf(feed), url: `${ctx.config.publicUrl}/v1/feeds/${token}.ics` },
          secret: true,
          etag: etagOf(versionOf(feed)),
          location: `/v1/people/${person}/feeds/${feed.id}`,
        };
      });
    },
  );

  app.get(
    '/v1/people/:id/feeds/:feed',
    {
      config: { policy: 'feeds.manage', subject: subjectOfFeed, etag: true },
      schema: {
        tags,
        operationId: 'getFeed',
        summary: 'One calendar feed',
        description: 'When it was made, and whether it is revoked; never its address.',
        params: feedParams,
        response: { 200: feedView },
      },
    },
    async (request, reply) => {
      const feed = await feedById(ctx.db, request.params.id, request.params.feed);
      if (!feed) throw missing();
      return conditional(request, reply, etagOf(versionOf(feed))) ? reply : viewOf(feed);
    },
  );

  app.delete(
    '/v1/people/:id/feeds/:feed',
    {
      config: { policy: 'feeds.manage', subject: subjectOfFeed, ifMatch: true },
      schema: {
        tags,
        operationId: 'revokeFeed',
        summary: 'Revoke a calendar feed',
        description: 'From the next request on its address is not found. It stays on record.',
        params: feedParams,
        response: { 204: nothing },
      },
    },
    (request, reply) =>
      write(ctx, request, reply, async (trx) => {
        const feed = await feedById(trx, request.params.id, request.params.feed);
        if (!feed) throw missing();
        requireMatch(request, versionOf(feed));
        await revokeFeed(trx, feed.id, ctx.clock.now());
        return { status: 204 };
      }),
  );
}

const missing = () => new NotFoundError('There is no such feed.');

/** A feed changes once: when it is revoked. */
const versionOf = ({ revokedAt }: Feed): number => (revokedAt === null ? 1 : 2);

const viewOf = (feed: Feed): z.infer<typeof feedView> => ({
  ...feed,
  createdAt: instantOf(feed.createdAt),
  revokedAt: feed.revokedAt && instantOf(feed.revokedAt),
  version: versionOf(feed),
});
