import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { NotFoundError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { conditional, etagOf, fingerprint } from '../http/etag.ts';
import { openPage } from '../http/paging.ts';
import { listOf, nameOf, pageQuery, text } from '../http/schemas.ts';
import { schoolView } from './schemas.ts';
import { schoolByCode, schoolsPage } from './store.ts';

export function schoolRoutes(app: App, ctx: Context): void {
  app.get(
    '/v1/schools',
    {
      config: { policy: 'schools.read' },
      schema: {
        operationId: 'listSchools',
        tags: ['Schools'],
        summary: 'The directory',
        description: 'The schools within the key’s scope, by code.',
        querystring: z.strictObject({
          q: text(200).optional().describe('Part of a name, code, city or district'),
          district: text(100).optional().describe('Code of a district'),
          ...pageQuery,
        }),
        response: { 200: listOf(schoolView) },
      },
    },
    async (request, reply) => {
      const page = openPage(request, reply, request.query, z.string());
      const { q, district } = request.query;
      const rows = await schoolsPage(ctx.db, request.actor, { q, district }, page);
      return page.close(
        rows,
        ({ rcdts }) => rcdts,
        (school) => school,
      );
    },
  );

  app.get(
    '/v1/schools/:rcdts',
    {
      config: {
        policy: 'schools.read',
        etag: true,
        subject: async (request: FastifyRequest) => {
          const code = nameOf(request.params, 'rcdts');
          const school = code === null ? undefined : await schoolByCode(ctx.db, code);
          return school ? { school: school.rcdts, district: school.district.code } : null;
        },
      },
      schema: {
        operationId: 'getSchool',
        tags: ['Schools'],
        summary: 'One school',
        description: 'A school as the directory has it.',
        params: z.strictObject({ rcdts: z.string().describe('Code of a school') }),
        response: { 200: schoolView },
      },
    },
    async (request, reply) => {
      const school = await schoolByCode(ctx.db, request.params.rcdts);
      if (!school) throw new NotFoundError('There is no such school.');
      // A district's new name shows in its schools without a write of them.
      const etag = etagOf(school.version, fingerprint(school.district.name));
      return conditional(request, reply, etag) ? reply : school;
    },
  );
}
