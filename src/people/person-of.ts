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
 * the address is taken as they are: their name is not changed, and to an actor who knows nothing else of
 * them it is not told (`namedAs`).
 *
 * @returns the person, locked; `id` null when they are yet to be added; undefined when there is none
 */
export async function somebody(
  trx: Trx,
  programs: Programs,
  actor: Actor,
  named: string | z.infer<typeof newPerson>,
): Promise<Named | undefined> {
  if (typeof named === 'string')
    return (await isVisible(trx, programs, actor, named)) ? lockedPerson(trx, named) : undefined;
  const known = await trx
    .selectFrom('people')
    .select(['id', 'name', 'email'])
    .where(sql`lower(email)`, '=', named.email.toLowerCase())
    .forUpdate()
    .executeTakeFirst();
  if (!known) return { id: null, ...named };
  return (await isVisible(trx, programs, actor, known.id))
    ? known
    : { ...known, namedAs: named.name };
}

/** A person whom a request means. */
export type Named = Span['person'] & {
  /** The name that whoever knows of them by the address alone has typed, and goes on to be told. */
  namedAs?: string;
};
