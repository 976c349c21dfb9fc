import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { NotFoundError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { conditional, etagOf, requireMatch } from '../http/etag.ts';
import { openPage } from '../http/paging.ts';
import { id, idOf, idParams, listOf, nothing, pageQuery } from '../http/schemas.ts';
import { write } from '../http/write.ts';
import { grantOf } from './check-grant.ts';
import { addKey, keyById, keysPage, lockedKey, revokeKey } from './key-store.ts';
import { freshKey, keyView, newKey, rotation } from './schemas.ts';
import { successorOf } from './successor.ts';

export function keyRoutes(app: App, ctx: Context): void {
  const subject = async (request: FastifyRequest) => {
    const named = idOf(request.params);
    return named !== null && (await keyById(ctx.db, request.actor, named)) ? {} : null;
  };
  const shared = { tags: ['Keys'] };

  app.get(
    '/v1/keys',
    {
      config: { policy: 'keys.manage' },
      schema: {
        ...shared,
        operationId: 'listKeys',
        summary: 'The keys',
        description: 'In the order in which they were made; revoked ones stay on record.',
        querystring: z.strictObject(pageQuery),
        response: { 200: listOf(keyView) },
      },
    },
    async (request, reply) => {
      const page = openPage(request, reply, request.query, id);
      const rows = await keysPage(ctx.db, request.actor, page);
      return page.close(
        rows,
        (key) => key.id,
        (key) => key,
      );
    },
  );

  app.post(
    '/v1/keys',
    {
      config: { policy: 'keys.manage', etag: true },
      schema: {
        ...shared,
        operationId: 'addKey',
        summary: 'Make a key',
        description:
          'The reply carries the key as `key`, this once. Nobody can read it again: store it where it is used. A vendor’s key stands for a contract: it reaches what that reaches, from the day of its proposal to its last.',
        body: newKey,
        response: { 201: freshKey },
      },
    },
    (request, reply) => {
      reply.header('cache-control', 'no-store');
      return write(ctx, request, reply, async (trx) => {
        const grant = await grantOf(ctx, trx, request.actor, request.body);
        const key = await addKey(trx, grant, request.actor.id, ctx.clock.now());
        return {
          status: 201,
          body: key,
          secret: true,
          etag: etagOf(key.version),
          location: `/v1/keys/${key.id}`,
        };
      });
    },
  );

  app.get(
    '/v1/keys/:id',
    {
      config: { policy: 'keys.manage', subject, etag: true },
      schema: {
        ...shared,
        operationId: 'getKey',
        summary: 'One key',
        description: 'What it allows and when it was last used; never the key itself.',
        params: idParams,
        response: { 200: keyView },
      },
    },
    async (request, reply) => {
      const key = await keyById(ctx.db, request.actor, request.params.id);
      if (!key) throw missing();
      const etag = etagOf(key.version, String(Date.parse(key.lastUsedAt ?? key.createdAt)));
      return conditional(request, reply, etag) ? reply : key;
    },
  );

  app.post(
    '/v1/keys/:id/rotate',
    {
      config: { policy: 'keys.manage', subject, ifMatch: true, etag: true },
      schema: {
        ...shared,
        operationId: 'rotateKey',
        summary: 'Make a key that takes the place of another',
        description:
          'It allows the same. Both are accepted, so that programs can be changed over one by one; then revoke the older one. No more than two at once.',
        params: idParams,
        body: rotation,
        response: { 201: freshKey },
      },
    },
    (request, reply) => {
      reply.header('cache-control', 'no-store');
      return write(ctx, request, reply, async (trx) => {
        const key = await lockedKey(trx, request.actor, request.params.id);
        if (!key) throw missing();
        requireMatch(request, key.version);
        const grant = await successorOf(ctx, trx, key, request.body.expiresOn);
        const by = request.actor.id;
        const fresh = await addKey(trx, grant, by, ctx.clock.now(), key.id);
        return {
          status: 201,
          body: fresh,
          secret: true,
          etag: etagOf(fresh.version),
          location: `/v1/keys/${fresh.id}`,
        };
      });
    },
  );

  app.delete(
    '/v1/keys/:id',
    {
      config: { policy: 'keys.manage', subject, ifMatch: true },
      schema: {
        ...shared,
        operationId: 'revokeKey',
        summary: 'Revoke a key',
        description: 'From the next request on it is refused everywhere. It stays on record.',
        params: idParams,
        response: { 204: nothing },
      },
    },
    (request, reply) =>
      write(ctx, request, reply, async (trx) => {
        const key = await keyById(trx, request.actor, request.params.id);
        if (!key) throw missing();
        requireMatch(request, key.version);
        await revokeKey(trx, key.id, ctx.clock.now());
        return { status: 204 };
      }),
  );
}

const missing = () => new NotFoundError('There is no such key.');
