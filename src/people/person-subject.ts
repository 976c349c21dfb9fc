import type { FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { idOf } from '../http/schemas.ts';
import type { Subject } from '../policy/can.ts';
import { isVisible } from './person-store.ts';

/** What the policy asks about the person in a path; null where the actor is not told of them. */
export const personSubject =
  ({ db, programs }: Pick<Context, 'db' | 'programs'>) =>
  async ({ params, actor }: FastifyRequest): Promise<Subject | null> => {
    const person = idOf(params);
    if (person === null) return null;
    // Whoever knows of somebody but is not to read of everybody does so by a team.
    if (await isVisible(db, programs, actor, person)) return { person, team: true };
    return person === actor.person ? { person } : null;
  };
