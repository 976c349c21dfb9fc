import { z } from 'zod';
import { witness } from '../actor.ts';
import type { Context } from '../context.ts';
import { instantOf } from '../db/instant.ts';
import type { App } from '../http/app.ts';
import { conditional, etagOf, requireMatch } from '../http/etag.ts';
import { openPage } from '../http/paging.ts';
import { instant, listOf, pageQuery, text } from '../http/schemas.ts';
import { write } from '../http/write.ts';
import {
  lockedMailSettings,
  type MailSettings,
  mailSettings,
  saveMailSettings,
  settingsPage,
} from './settings.ts';

const body = z
  .strictObject({
    perHour: z.int().min(1).max(1_000_000).describe('Mails that may be tried within an hour'),
    paused: z.boolean(),
    pausedReason: text(500).nullable().default(null),
    trialAddresses: z
      .array(z.email().max(254))
      .max(1000)
      .nullable()
      .describe('Trial mode: the only addresses that get mail; null: everybody does'),
  })
  .meta({
    id: 'MailSettingsToSet',
    example: { perHour: 5000, paused: false, trialAddresses: ['me@example.org'] },
  });

const values = z.strictObject({
  perHour: z.int(),
  paused: z.boolean(),
  pausedSince: instant.nullable(),
  pausedReason: z.string().nullable(),
  trialAddresses: z.array(z.string()).nullable(),
});
const view = values.extend({ version: z.int() }).meta({ id: 'MailSettings' });
const change = view
  .extend({ by: z.strictObject({ id: z.string(), role: z.string() }), at: instant })
  .meta({ id: 'MailSettingsChange' });

/** What an administrator decides about all mail. */
export function mailSettingsRoutes(app: App, ctx: Context): void {
  const url = '/v1/mail/settings';
  const shared = { tags: ['Operations'] };

  app.get(url, {
    config: { policy: 'mail.manage', etag: true },
    schema: {
      ...shared,
      operationId: 'getMailSettings',
      summary: 'Read how mail goes out',
      description: 'The cap of the hour, the pause, and trial mode.',
      response: { 200: view },
    },
    handler: async (request, reply) => {
      const now = await mailSettings(ctx.db);
      return conditional(request, reply, etagOf(now.version)) ? reply : viewOf(now);
    },
  });

  app.put(url, {
    config: { policy: 'mail.manage', ifMatch: true, etag: true },
    schema: {
      ...shared,
      operationId: 'setMailSettings',
      summary: 'Set how mail goes out',
      description:
        'Replaces the settings. While mail is paused, reminders are recorded and wait; what still matters afterwards goes out then, one digest a person. In trial mode the reminders of everybody who is not listed are held. Before anything was set, the version to match is 0.',
      body,
      response: { 200: view },
    },
    handler: (request, reply) =>
      write(ctx, request, reply, async (trx) => {
        const was = await lockedMailSettings(trx);
        requireMatch(request, was.version);
        const { perHour, paused, pausedReason, trialAddresses } = request.body;
        const now = ctx.clock.now();
        const next = {
          ...was,
          perHour,
          paused: paused
            ? { since: was.paused?.since ?? now, reason: pausedReason ?? was.paused?.reason ?? '' }
            : null,
          trialAddresses: trialAddresses?.map((address) => address.toLowerCase()) ?? null,
        };
        const saved = await saveMailSettings(trx, next, witness(request.actor), now);
        return { status: 200, body: viewOf(saved), etag: etagOf(saved.version) };
      }),
  });

  app.get(`${url}/changes`, {
    config: { policy: 'mail.manage' },
    schema: {
      ...shared,
      operationId: 'listMailSettingsChanges',
      summary: 'List who changed how mail goes out',
      description: 'Every change of the mail settings, the newest first.',
      querystring: z.strictObject(pageQuery),
      response: { 200: listOf(change).meta({ id: 'MailSettingsChanges' }) },
    },
    handler: async (request, reply) => {
      const page = openPage(request, reply, request.query, z.int());
      return page.close(
        await settingsPage(ctx.db, page),
        ({ version }) => version,
        ({ actor, recordedAt, ...settings }) => ({
          ...viewOf(settings),
          by: { id: actor.id, role: actor.role },
          at: instantOf(recordedAt),
        }),
      );
    },
  });
}

const viewOf = ({ version, perHour, paused, trialAddresses }: MailSettings) => ({
  version,
  perHour,
  paused: paused !== null,
  pausedSince: paused?.since.toISOString() ?? null,
  pausedReason: paused?.reason ?? null,
  trialAddresses,
});
