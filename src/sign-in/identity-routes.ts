import type { FastifyRequest } from 'fastify';
import type { Context, DbOrTrx } from '../context.ts';
import { instantOf } from '../db/instant.ts';
import { ConflictError, NotFoundError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { conditional, etagOf, requireMatch } from '../http/etag.ts';
import { idParams, nothing } from '../http/schemas.ts';
import { type Done, write } from '../http/write.ts';
import { lockedPerson } from '../people/person-store.ts';
import { personSubject } from '../people/person-subject.ts';
import { identityView, newIdentity, signedOut } from './identity-schemas.ts';
import { dropIdentity, identityOf, markIdentity, subjectTaken } from './identity-store.ts';
import { signOut } from './sign-out.ts';

/** For administrators: who signs in through the provider, and ending somebody's sessions. */
export function identityRoutes(app: App, ctx: Context): void {
  const subject = personSubject(ctx);
  const shared = { tags: ['People'], params: idParams };

  app.get(
    '/v1/people/:id/identity',
    {
      config: { policy: 'people.manage', subject, etag: true },
      schema: {
        ...shared,
        operationId: 'getIdentity',
        summary: 'Does a person sign in through the provider?',
        description: 'And what the provider calls them, once it is known.',
        response: { 200: identityView },
      },
    },
    async (request, reply) => {
      const view = await viewOf(ctx.db, request.params.id);
      return conditional(request, reply, etagOf(view.version)) ? reply : view;
    },
  );

  app.put(
    '/v1/people/:id/identity',
    {
      config: { policy: 'people.manage', subject, ifMatch: true, etag: true },
      schema: {
        ...shared,
        operationId: 'markIdentity',
        summary: 'Let a person sign in through the provider',
        description:
          'The first who comes from the provider with the person’s address, which it has to vouch for, is taken for the person, and their subject is kept for good. Where the subject is known it can be given at once. Links by mail let the person in no longer, open sessions end, and a subject that was kept before is forgotten.',
        body: newIdentity,
        response: { 200: identityView },
      },
    },
    (request, reply) =>
      write(ctx, request, reply, async (trx) => {
        const { id } = request.params;
        await requireCurrent(trx, request, id);
        const issuer = ctx.config.provider?.issuer;
        if (issuer === undefined)
          throw new ConflictError(
            'no-provider',
            'This server has no provider. Set OIDC_ISSUER and OIDC_CLIENT_ID first.',
          );
        const { subject } = request.body;
        if (subject !== null && (await subjectTaken(trx, id, issuer, subject)))
          throw new ConflictError(
            'subject-taken',
            'Somebody else is known by this subject. Take it from them first, or check it.',
          );
        const by = request.actor.id;
        await markIdentity(trx, id, { issuer, subject, by }, ctx.clock.now());
        await end(trx, request, id);
        return done(trx, id);
      }),
  );

  app.delete(
    '/v1/people/:id/identity',
    {
      config: { policy: 'people.manage', subject, ifMatch: true },
      schema: {
        ...shared,
        operationId: 'dropIdentity',
        summary: 'No longer let a person sign in through the provider',
        description: 'Their subject is forgotten and their sessions end.',
        response: { 204: nothing },
      },
    },
    (request, reply) =>
      write(ctx, request, reply, async (trx) => {
        const { id } = request.params;
        await requireCurrent(trx, request, id);
        await dropIdentity(trx, id);
        await end(trx, request, id);
        return { status: 204 };
      }),
  );

  app.post(
    '/v1/people/:id/sign-out',
    {
      config: { policy: 'people.manage', subject, ifMatch: true },
      schema: {
        ...shared,
        operationId: 'signPersonOut',
        summary: 'End all sessions of a person',
        description:
          'From the next request on, in every browser. Somebody who still holds a role can sign in again. `If-Match` speaks of the person.',
        response: { 200: signedOut },
      },
    },
    (request, reply) =>
      write(ctx, request, reply, async (trx) => {
        const { id } = request.params;
        const person = await lockedPerson(trx, id);
        if (!person) throw missing();
        requireMatch(request, person.version);
        return { status: 200, body: { ended: await end(trx, request, id) } };
      }),
  );

  const end = (trx: DbOrTrx, request: FastifyRequest, person: string) =>
    signOut(ctx, trx, request, person);
}

async function requireCurrent(
  trx: Parameters<typeof lockedPerson>[0],
  request: FastifyRequest,
  id: string,
) {
  if (!(await lockedPerson(trx, id))) throw missing();
  requireMatch(request, (await viewOf(trx, id)).version);
}

async function viewOf(db: DbOrTrx, person: string) {
  const identity = await identityOf(db, person);
  return {
    person,
    marked: identity !== undefined,
    issuer: identity?.issuer ?? null,
    subject: identity?.subject ?? null,
    pinnedAt: identity?.pinnedAt ? instantOf(identity.pinnedAt) : null,
    version: identity?.version ?? 0,
  };
}

async function done(db: DbOrTrx, person: string): Promise<Done> {
  const body = await viewOf(db, person);
  return { status: 200, body, etag: etagOf(body.version) };
}

const missing = () => new NotFoundError('There is no such person.');
