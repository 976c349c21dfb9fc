import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { NotFoundError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { openPage } from '../http/paging.ts';
import { idOf, idParams, isoDate } from '../http/schemas.ts';
import { caughtUp } from '../planning-years/clock-scan.ts';
import { listReminders, readReminder, reminderSubject } from './find.ts';
import { type Preview, previewDigests } from './preview.ts';
import {
  previewQuery,
  previews,
  reminders,
  remindersQuery,
  reminderWithMessage,
} from './schemas.ts';
import { previewView, reminderView, reminderWithMessageView } from './view.ts';

/** Reminders: what was due to whom and what became of it, and what will be. */
export function reminderRoutes(app: App, ctx: Context): void {
  const tags = ['Reminders'];
  const subject = (request: FastifyRequest) => reminderSubject(ctx.db, idOf(request.params));

  app.get('/v1/reminders', {
    config: { policy: 'reminders.read' },
    schema: {
      tags,
      operationId: 'listReminders',
      summary: 'List reminders',
      description:
        'The ledger: one row for every reminder that ever became due, newest first. `scheduled`: waits for its mail; `held`: not sent, and `reason` says why (`paused` and `quiet`: as long as that lasts); `dropped`: no longer matters.',
      querystring: remindersQuery,
      response: { 200: reminders },
    },
    handler: async (request, reply) => {
      const page = openPage(request, reply, request.query, z.uuid());
      const rows = await listReminders(ctx, request.actor, request.query, page.after, page.fetch);
      return page.close(rows, ({ id }) => id, reminderView);
    },
  });

  app.get('/v1/reminders/:id', {
    config: { policy: 'reminders.read', subject },
    schema: {
      tags,
      operationId: 'readReminder',
      summary: 'Read one reminder',
      description: 'With the story of the mail that it is in, and that mail as it was sent.',
      params: idParams,
      response: { 200: reminderWithMessage },
    },
    handler: async (request) => {
      const found = await readReminder(ctx, request.actor, request.params.id);
      if (!found) throw new NotFoundError('There is no such reminder.');
      return reminderWithMessageView(found.row, found.message);
    },
  });

  app.get('/v1/reminders/preview', {
    config: { policy: 'reminders.read' },
    schema: {
      tags,
      operationId: 'previewReminders',
      summary: 'Preview the mails of the days to come',
      description:
        'Who would get what if every task stayed as it is now; nothing is sent. Days gone by yield nothing, nor does today for people who have had their mail. At most 62 days. `held` says what would keep a mail back as things stand. One’s own mails are shown as they will be sent; those of others, to coordinators and the state, with the schools within their reach alone.',
      querystring: previewQuery,
      response: { 200: previews },
    },
    handler: async (request, reply) => {
      await caughtUp(ctx);
      const { from, to } = request.query;
      const key = z.strictObject({ on: isoDate, person: z.uuid(), mail: z.int().min(0) });
      const page = openPage(request, reply, request.query, key);
      const rows = numbered(await previewDigests(ctx, request.actor, from, to)).sort((a, b) =>
        compare(placeOf(a.key), placeOf(b.key)),
      );
      const after = page.after ? placeOf(page.after) : '';
      return page.close(
        rows.filter((row) => placeOf(row.key) > after).slice(0, page.fetch),
        (row) => row.key,
        ({ preview }) => previewView(preview, ctx.config.publicUrl),
      );
    },
  });
}

interface Key {
  on: string;
  person: string;
  /** Which of the mails that the person gets on that day. */
  mail: number;
}

function numbered(previews: readonly Preview[]): { preview: Preview; key: Key }[] {
  const mails = new Map<string, number>();
  return previews.map((preview) => {
    const [on, person] = [preview.on, preview.person.id];
    const mail = mails.get(`${on} ${person}`) ?? 0;
    mails.set(`${on} ${person}`, mail + 1);
    return { preview, key: { on, person, mail } };
  });
}

const placeOf = ({ on, person, mail }: Key): string =>
  `${on} ${person} ${String(mail).padStart(6, '0')}`;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
