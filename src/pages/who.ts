import type { Actor, Witness } from '../actor.ts';
import type { Context } from '../context.ts';
import { personSeen } from '../people/person-store.ts';

/**
 * Tells who did something, to one reader: by name only when the reader may know of the person, else
 * by the role alone.
 */
export function whoTeller(
  { db, programs }: Pick<Context, 'db' | 'programs'>,
  reader: Actor,
  titleOf: (role: string) => string,
): (by: Witness) => Promise<string> {
  const names = new Map<string, Promise<string | null>>();
  const nameOf = async (person: string): Promise<string | null> =>
    (await personSeen(db, programs, reader, person))?.name ?? null;
  return async ({ id, role }) => {
    const person = /^person:(.+)$/.exec(id)?.[1];
    if (id === 'clock') return 'the passing of time';
    if (person === undefined) return titleOf(role);
    if (person === reader.person) return 'you';
    if (!names.has(person)) names.set(person, nameOf(person));
    const name = await names.get(person);
    return name ? `${name} (${titleOf(role)})` : titleOf(role);
  };
}
