import type { z } from 'zod';
import type { Context } from '../context.ts';
import { QuarantinedError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { conditional, etagOf, requireMatch } from '../http/etag.ts';
import { idParams } from '../http/schemas.ts';
import { write } from '../http/write.ts';
import { personSubject } from '../people/person-subject.ts';
import { allOptionalKinds } from '../programs/optional-kinds.ts';
import { changePreferences } from './change.ts';
import { newPreferences, preferencesView } from './schemas.ts';
import { faultOfPreferences } from './sound.ts';
import { type Preferences, preferencesOf } from './store.ts';

/** How somebody wants their mail. */
export function preferencesRoutes(app: App, ctx: Context): void {
  const subject = personSubject(ctx);
  const tags = ['People'];
  const kinds = allOptionalKinds(ctx.programs);
  const view = (person: string, preferences: Preferences): z.infer<typeof preferencesView> => ({
    person,
    ...preferences,
    optional: kinds.map(({ kind }) => kind),
    optionalKinds: kinds.map(({ kind, title }) => ({ kind, title })),
  });

  app.get(
    '/v1/people/:id/preferences',
    {
      config: { policy: 'preferences.set', subject, etag: true },
      schema: {
        tags,
        operationId: 'getPreferences',
        summary: 'How a person wants their mail',
        description: 'Zone, hour and language of the mails, and the kinds that are switched off.',
        params: idParams,
        response: { 200: preferencesView },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const preferences = await preferencesOf(ctx.db, id);
      const fault = faultOfPreferences(ctx.programs, id, preferences);
      if (fault) throw new QuarantinedError(fault);
      return conditional(request, reply, etagOf(preferences.version))
        ? reply
        : view(id, preferences);
    },
  );

  app.put(
    '/v1/people/:id/preferences',
    {
      config: { policy: 'preferences.set', subject, ifMatch: true, etag: true },
      schema: {
        tags,
        operationId: 'setPreferences',
        summary: 'Set how a person wants their mail',
        description:
          'Replaces all of it. What waits and is now switched off is held with the reason `optedOut`; what was held this month and is switched on again goes out after all. Whatever has a date, is late or tells of a designation can’t be switched off.',
        params: idParams,
        body: newPreferences,
        response: { 200: preferencesView },
      },
    },
    (request, reply) =>
      write(ctx, request, reply, async (trx) => {
        const { id } = request.params;
        const saved = await changePreferences(ctx, trx, id, ({ version }) => {
          requireMatch(request, version);
          return request.body;
        });
        return { status: 200, body: view(id, saved), etag: etagOf(saved.version) };
      }),
  );
}
