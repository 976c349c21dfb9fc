import { sql } from 'kysely';
import type { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Trx } from '../context.ts';
import type { Programs } from '../programs/programs.ts';
import { isVisible, lockedPerson } from './person-store.ts';
import type { newPerson } from './schemas.ts';
import type { Span } from './timeline.ts';

/**
 * Whom a request means: by id, which the actor has to know, or by name and address. Somebody known by
 * the address is taken as they are: neither is their name changed, nor told.
 *
 * @returns the person, locked; `id` null when they are yet to be added; undefined when there is none
 */
export async function somebody(
  trx: Trx,
  programs: Programs,
  actor: Actor,
  named: string | z.infer<typeof newPerson>,
): Promise<Span['person'] | undefined> {
  if (typeof named === 'string')
    return (await isVisible(trx, programs, actor, named)) ? lockedPerson(trx, named) : undefined;
  const known = await trx
    .selectFrom('people')
    .select(['id', 'name', 'email'])
    .where(sql`lower(email)`, '=', named.email.toLowerCase())
    .forUpdate()
    .executeTakeFirst();
  return known ?? { id: null, ...named };
}
