import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context, Trx } from '../context.ts';
import { NotFoundError } from '../errors.ts';
import type { App } from '../http/app.ts';
import { conditional, etagOf, requireMatch } from '../http/etag.ts';
import { openPage } from '../http/paging.ts';
import { id, idParams, listOf, pageQuery, text } from '../http/schemas.ts';
import { type Done, write } from '../http/write.ts';
import {
  addPerson,
  changePerson,
  type Person,
  peoplePage,
  personById,
  personSeen,
} from './person-store.ts';
import { personSubject } from './person-subject.ts';
import { newPerson, personChange, personView } from './schemas.ts';

/** Ends whatever somebody's old address has opened. */
type SignOut = (trx: Trx, request: FastifyRequest, person: string) => Promise<unknown>;

export function personRoutes(app: App, ctx: Context, signOut: SignOut): void {
  const subject = personSubject(ctx);
  const shared = { tags: ['People'] };

  app.get(
    '/v1/people',
    {
      config: { policy: 'people.read' },
      schema: {
        ...shared,
        operationId: 'listPeople',
        summary: 'The people',
        description:
          'In the order in which they were added. A principal and a district see the leadership teams of their own schools.',
        querystring: z.strictObject({
          q: text(200).optional().describe('Part of a name or an address'),
          ...pageQuery,
        }),
        response: { 200: listOf(personView) },
      },
    },
    async (request, reply) => {
      const page = openPage(request, reply, request.query, id);
      const rows = await peoplePage(ctx.db, ctx.programs, request.actor, request.query.q, page);
      return page.close(
        rows,
        (person) => person.id,
        (person) => person,
      );
    },
  );

  app.post(
    '/v1/people',
    {
      config: { policy: 'people.manage', etag: true },
      schema: {
        ...shared,
        operationId: 'addPerson',
        summary: 'Add a person',
        description: 'Adds somebody who can then be given roles. An address belongs to one person.',
        body: newPerson,
        response: { 201: personView },
      },
    },
    (request, reply) =>
      write(ctx, request, reply, async (trx) => {
        const person = await addPerson(trx, request.body, ctx.clock.now());
        return { ...done(person), status: 201, location: `/v1/people/${person.id}` };
      }),
  );

  app.get(
    '/v1/people/:id',
    {
      config: { policy: 'people.read', subject, etag: true },
      schema: {
        ...shared,
        operationId: 'getPerson',
        summary: 'One person',
        description: 'The person’s name and address.',
        params: idParams,
        response: { 200: personView },
      },
    },
    async (request, reply) => {
      const { actor, params } = request;
      const person =
        params.id === actor.person
          ? await personById(ctx.db, params.id)
          : await personSeen(ctx.db, ctx.programs, actor, params.id);
      if (!person) throw missing();
      return conditional(request, reply, etagOf(person.version)) ? reply : person;
    },
  );

  app.patch(
    '/v1/people/:id',
    {
      config: { policy: 'people.manage', subject, ifMatch: true, etag: true },
      schema: {
        ...shared,
        operationId: 'changePerson',
        summary: 'Change a person',
        description:
          'Gives a person another name or address; what is left out stays. A new address ends the person’s sessions: the links that began them went to the old one.',
        params: idParams,
        body: personChange,
        response: { 200: personView },
      },
    },
    (request, reply) =>
      write(ctx, request, reply, async (trx) => {
        const { id } = request.params;
        const changed = await changePerson(trx, id, request.body, {
          precondition: (version) => requireMatch(request, version),
          addressChanged: () => signOut(trx, request, id),
        });
        return done(changed);
      }),
  );
}

const missing = () => new NotFoundError('There is no such person.');

const done = (person: Person): Done => ({
  status: 200,
  body: person,
  etag: etagOf(person.version),
});
