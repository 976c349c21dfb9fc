import type { DbOrTrx, Trx } from '../context.ts';

export interface Identity {
  personId: string;
  issuer: string;
  /** Null: marked for the provider, and not yet seen. */
  subject: string | null;
  pinnedAt: Date | null;
  version: number;
}

/** What the provider says of somebody. */
export interface Claims {
  issuer: string;
  subject: string;
  /** Null unless the provider vouches for it. */
  email: string | null;
}

/**
 * The person whom a provider's subject stands for. Seen for the first time, it is matched by its
 * address with a person whom an administrator has marked, and from then on it is that person's,
 * whatever becomes of the address.
 */
export async function personOfClaims(
  trx: Trx,
  { issuer, subject, email }: Claims,
  now: Date,
): Promise<string | null> {
  const known = await trx
    .selectFrom('identities')
    .select('personId')
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst();
  if (known) return known.personId;
  if (email === null) return null;
  const pinned = await trx
    .updateTable('identities')
    .set((eb) => ({ subject, pinnedAt: now, version: eb('version', '+', 1) }))
    .where('issuer', '=', issuer)
    .where('subject', 'is', null)
    .where('personId', 'in', (eb) =>
      eb
        .selectFrom('people')
        .select('people.id')
        .where((of) => of(of.fn('lower', ['people.email']), '=', email.toLowerCase())),
    )
    .returning('personId')
    .executeTakeFirst();
  return pinned?.personId ?? null;
}

/** Undefined when the person is not marked for the provider. */
export const identityOf = (db: DbOrTrx, person: string): Promise<Identity | undefined> =>
  db.selectFrom('identities').select(COLUMNS).where('personId', '=', person).executeTakeFirst();

/** Marks a person for the provider, by subject where that is known; an earlier one is forgotten. */
export async function markIdentity(
  trx: Trx,
  person: string,
  { issuer, subject, by }: { issuer: string; subject: string | null; by: string },
  now: Date,
): Promise<Identity> {
  const fresh = {
    ...{ issuer, subject, markedBy: by, markedAt: now },
    pinnedAt: subject === null ? null : now,
  };
  return trx
    .insertInto('identities')
    .values({ personId: person, ...fresh, version: 1 })
    .onConflict((conflict) =>
      conflict
        .column('personId')
        .doUpdateSet((eb) => ({ ...fresh, version: eb('identities.version', '+', 1) })),
    )
    .returning(COLUMNS)
    .executeTakeFirstOrThrow();
}

export async function dropIdentity(trx: Trx, person: string): Promise<void> {
  await trx.deleteFrom('identities').where('personId', '=', person).execute();
}

/** Whether somebody else is known by that subject. */
export async function subjectTaken(
  trx: Trx,
  person: string,
  issuer: string,
  subject: string,
): Promise<boolean> {
  const row = await trx
    .selectFrom('identities')
    .select('personId')
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .where('personId', '<>', person)
    .executeTakeFirst();
  return row !== undefined;
}

const COLUMNS = ['personId', 'issuer', 'subject', 'pinnedAt', 'version'] as const;
