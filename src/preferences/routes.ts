import type { z } from 'zod';
import type { Context } from '../context.ts';
import { holdSwitchedOff } from '../digests/switched-off.ts';
import { InvalidInputError, NotFoundError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { conditional, etagOf, requireMatch } from '../http/etag.ts';
import { idParams } from '../http/schemas.ts';
import { write } from '../http/write.ts';
import { lockedPerson } from '../people/person-store.ts';
import { personSubject } from '../people/person-subject.ts';
import { optionalKinds } from '../programs/optional-kinds.ts';
import { newPreferences, preferencesView } from './schemas.ts';
import { type Preferences, preferencesOf, savePreferences } from './store.ts';

/** How somebody wants their mail. */
export function preferencesRoutes(app: App, ctx: Context): void {
  const subject = personSubject(ctx);
  const tags = ['People'];
  const optional = ctx.programs.all.flatMap(({ pack }) =>
    optionalKinds(pack).map(({ kind }) => kind),
  );
  const view = (person: string, preferences: Preferences): z.infer<typeof preferencesView> => ({
    person,
    ...preferences,
    optional,
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
          'Replaces all of it. What waits and is now switched off is held with the reason `optedOut`.',
        params: idParams,
        body: newPreferences,
        response: { 200: preferencesView },
      },
    },
    (request, reply) =>
      write(ctx, request, reply, async (trx) => {
        const { id } = request.params;
        if (!(await lockedPerson(trx, id))) throw new NotFoundError('There is no such person.');
        const { version } = await preferencesOf(trx, id);
        requireMatch(request, version);
        refuseOthers(request.body.switchedOff, optional);
        const switchedOff = [...new Set(request.body.switchedOff)].sort();
        const asked = { ...request.body, switchedOff, version };
        const saved = await savePreferences(trx, id, asked, ctx.clock.now());
        await holdSwitchedOff(trx, ctx.programs);
        return { status: 200, body: view(id, saved), etag: etagOf(saved.version) };
      }),
  );
}

/** @throws InvalidInputError that names what can't be switched off */
function refuseOthers(kinds: readonly string[], optional: readonly string[]): void {
  const faults = kinds.flatMap((kind, at) =>
    optional.includes(kind)
      ? []
      : [{ pointer: `/switchedOff/${at}`, detail: 'is no kind that may be switched off' }],
  );
  if (faults.length > 0)
    throw new InvalidInputError(
      'Only optional kinds of reminders can be switched off; GET lists them as `optional`.',
      faults,
    );
}
