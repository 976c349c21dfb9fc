import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Config } from '../config.ts';
import type { PolicyName } from '../policy/table.ts';
import type { App } from './app.ts';
import { fullName } from './cookies.ts';
import { describeConventions, tidyOperations } from './openapi-conventions.ts';
import { tidySchemas } from './openapi-schemas.ts';

/** How the document is made: from the routes' own schemas, and from the conventions they share. */
export const openApiOptions = (base: string, config: Config): FastifyDynamicSwaggerOptions => ({
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Planning year',
      version: '1.0.0',
      summary: 'The improvement-planning year of schools, as statecharts and task lists.',
      description: [
        'Every call needs an API key, `Authorization: Bearer KEY`, or the session of somebody who has signed in at `/sign-in`.',
        'Errors are problem documents (RFC 9457) with a stable `code`.',
        'A write to an existing resource needs `If-Match`; a POST may carry `Idempotency-Key` and can then be repeated safely for 24 hours.',
        'Lists come in pages: follow `nextCursor`.',
      ].join('\n\n'),
      contact: { name: 'Whoever runs this server' },
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: base || '/', description: 'This server' }],
    security: [{ key: [] }, { session: [] }],
    tags: [
      { name: 'Programs', description: 'What a planning year consists of: calendar and charts.' },
      { name: 'Schools', description: 'The directory.' },
      { name: 'Organizations', description: 'Agencies, districts, schools and vendors.' },
      { name: 'Planning years', description: 'One school, one year: where it stands.' },
      { name: 'Tasks', description: 'What each role has to do.' },
      { name: 'Notes', description: 'Notes, contacts and meetings, with links as evidence.' },
      { name: 'People', description: 'Who holds which role for which organization.' },
      { name: 'Contracts', description: 'Vendors, and where their people reach.' },
      { name: 'Reminders', description: 'Who is told what, and when.' },
      { name: 'Reports', description: 'For dashboards and spreadsheets: rows, numbers, changes.' },
      {
        name: 'Audit',
        description: 'What was witnessed, and everything as a file that others can verify.',
      },
      { name: 'Keys', description: 'API keys with role and scope.' },
      { name: 'Operations', description: 'For whoever runs the server.' },
    ],
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key, `py_…`' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: fullName(config, 'session'),
          description: 'Whoever has signed in at `/sign-in` uses the explorer without a key.',
        },
      },
    },
  },
  transform: (input) => describeConventions(input, jsonSchemaTransform(input)),
  transformObject: (input) =>
    tidyOperations(tidySchemas(jsonSchemaTransformObject(input) as Record<string, unknown>)),
});

/** `GET /openapi.json`: made once, when it is first asked for. */
export function openApiRoute(app: App, policy: PolicyName): void {
  let document: string | undefined;
  app.get(
    '/openapi.json',
    {
      config: { policy },
      schema: {
        operationId: 'getOpenApi',
        tags: ['Operations'],
        summary: 'This document',
        description: 'The description of the whole API, OpenAPI 3.1.',
        response: { 200: z.looseObject({ openapi: z.string() }) },
      },
    },
    async (_request, reply) => {
      document ??= JSON.stringify(app.swagger());
      return reply.type('application/json').send(document as never);
    },
  );
}
