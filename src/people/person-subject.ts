import type { FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { idOf } from '../http/schemas.ts';
import type { Subject } from '../policy/can.ts';
import { isVisible } from './person-store.ts';

/** The person in a path, for what is theirs alone; null where the actor is not told of them. */
export const personSubject =
  ({ db, programs }: Context) =>
  async ({ params, actor }: FastifyRequest): Promise<Subject | null> => {
    const person = idOf(params);
    if (person === null) return null;
    const known = person === actor.person || (await isVisible(db, programs, actor, person));
    return known ? { person } : null;
  };
