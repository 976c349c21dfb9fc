import type { Actor } from '../actor.ts';
import type { Context, DbOrTrx } from '../context.ts';
import type { SignInWay } from '../db/tables.ts';
import { actorOfPerson } from '../people/actor-of-person.ts';

/** Why somebody is not let in by a link: for the log. */
export type NoLink = 'holdsNoRole' | 'usesProvider';

/**
 * Whether a link in a mail may let a person in. State staff go through the provider as soon as there
 * is one, and so does everybody who is marked for it: a mailbox must not be a way around it.
 */
export async function mayUseLink(
  ctx: Context,
  db: DbOrTrx,
  person: string,
): Promise<Actor | NoLink> {
  const actor = await actorOfPerson(db, ctx, person);
  if (!actor) return 'holdsNoRole';
  if (ctx.config.provider === null) return actor;
  if (actor.grants.some(({ kind }) => kind === 'state' || kind === 'coach')) return 'usesProvider';
  const marked = await db
    .selectFrom('identities')
    .select('personId')
    .where('personId', '=', person)
    .executeTakeFirst();
  return marked ? 'usesProvider' : actor;
}

/**
 * Whether somebody may go on by the way they came in: a role given since then, or a provider set up
 * since then, may ask for another.
 */
export const mayGoOn = async (
  ctx: Context,
  db: DbOrTrx,
  { way, person }: { way: SignInWay; person: string },
): Promise<Actor | NoLink> =>
  way === 'link'
    ? mayUseLink(ctx, db, person)
    : ((await actorOfPerson(db, ctx, person)) ?? 'holdsNoRole');
