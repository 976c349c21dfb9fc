import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { NotFoundError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { bootstrap } from '../http/authenticate.ts';
import { conditional, fingerprint, tagOf } from '../http/etag.ts';
import { openPage } from '../http/paging.ts';
import { nameOf } from '../http/schemas.ts';
import { can } from '../policy/can.ts';
import { organizationByCode, organizationsPage } from './find.ts';
import { KINDS, organizations, organizationsQuery, organizationView } from './schemas.ts';

/** Agencies, districts, schools and vendors in one list, after Ed-Fi. */
export function organizationRoutes(app: App, ctx: Context): void {
  const tags = ['Organizations'];
  const subject = async (request: FastifyRequest) => {
    const code = nameOf(request.params, 'code');
    // Whoever may read none is refused by the table, and not told that there is none.
    const mayRead = can(request.actor, 'organizations.read', null) === 'yes';
    const reader = mayRead ? request.actor : bootstrap;
    return code !== null && (await organizationByCode(ctx, reader, code)) ? {} : null;
  };

  app.get('/v1/organizations', {
    config: { policy: 'organizations.read' },
    schema: {
      tags,
      operationId: 'listOrganizations',
      summary: 'The organizations',
      description:
        'State education agencies, local education agencies, schools and vendors within reach, in that order, each by code.',
      querystring: organizationsQuery,
      response: { 200: organizations },
    },
    handler: async (request, reply) => {
      const key = z.strictObject({ kind: z.enum(KINDS), code: z.string() });
      const page = openPage(request, reply, request.query, key);
      const rows = await organizationsPage(ctx, request.actor, request.query, page);
      return page.close(
        rows,
        ({ kind, code }) => ({ kind, code }),
        (organization) => organization,
      );
    },
  });

  app.get('/v1/organizations/:code', {
    config: { policy: 'organizations.read', subject, etag: true },
    schema: {
      tags,
      operationId: 'getOrganization',
      summary: 'One organization',
      description: 'What it is, what it is part of, and whether it is open.',
      params: z.strictObject({ code: z.string().describe('Code of an organization') }),
      response: { 200: organizationView },
    },
    handler: async (request, reply) => {
      const found = await organizationByCode(ctx, request.actor, request.params.code);
      if (!found) throw new NotFoundError('There is no such organization.');
      const etag = tagOf(fingerprint(JSON.stringify(found)));
      return conditional(request, reply, etag) ? reply : found;
    },
  });
}
