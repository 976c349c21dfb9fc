import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { calendarFile } from '../digests/calendar-file.ts';
import { messagesFor } from '../digests/languages.ts';
import { oneLine } from '../digests/lines.ts';
import { NotFoundError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { conditional, tagOf } from '../http/etag.ts';
import { deadlinesOf } from './deadlines.ts';
import { readerOf } from './store.ts';

/** The feed itself, as calendar programs ask for it. */
export function calendarRoutes(app: App, ctx: Context): void {
  app.get(
    '/v1/feeds/:token.ics',
    {
      // The token is all that is needed: a calendar program has no key.
      config: { policy: 'public', etag: true },
      schema: {
        tags: ['People'],
        operationId: 'readFeed',
        summary: 'A person’s deadlines as a calendar',
        description:
          'An iCalendar text: each deadline of the roles that the person holds today, until it is done. Its UID stays the same, its SEQUENCE rises when it changes. Unknown or revoked: 404.',
        params: z.strictObject({ token: z.string().describe('The secret part of the address') }),
        response: {
          200: {
            description: 'The calendar.',
            content: { 'text/calendar': { schema: z.string() } },
          },
        },
      },
    },
    async (request, reply) => {
      const reader = await readerOf(ctx.db, request.params.token);
      if (!reader) throw new NotFoundError('There is no such feed. Ask for a new address.');
      const deadlines = await deadlinesOf(ctx.db, ctx.programs, reader.id, ctx.clock.now());
      const body = calendarFile(deadlines, {
        as: { name: oneLine(reader.name) },
        publicUrl: ctx.config.publicUrl,
        messages: messagesFor(reader.language),
      });
      if (conditional(request, reply, tagOf(digestOf(body)))) return reply;
      return reply
        .type('text/calendar; charset=utf-8')
        .header('content-disposition', 'inline; filename="deadlines.ics"')
        .send(body);
    },
  );
}

const digestOf = (body: string): string => createHash('sha256').update(body).digest('base64url');
