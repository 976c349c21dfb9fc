import { expressionBuilder, type RawBuilder, sql } from 'kysely';
import type { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Db, DbOrTrx, Trx } from '../context.ts';
import type { Tables } from '../db/tables.ts';
import { ConflictError, NotFoundError } from '../errors.ts';
import { newId } from '../ids.ts';
import { can } from '../policy/can.ts';
import { whereCan } from '../policy/where.ts';
import type { Programs } from '../programs/programs.ts';
import { assignmentColumns } from './places.ts';
import type { newPerson, personChange, personView } from './schemas.ts';

export type Person = z.infer<typeof personView>;

/** Undefined when there is no such person. */
export const personById = (db: DbOrTrx, id: string): Promise<Person | undefined> =>
  db.selectFrom('people').select(COLUMNS).where('id', '=', id).executeTakeFirst();

/** Undefined when nobody has that address. */
export const personByEmail = (db: DbOrTrx, email: string): Promise<Person | undefined> =>
  db
    .selectFrom('people')
    .select(COLUMNS)
    .where(sql`lower(email)`, '=', email.toLowerCase())
    .executeTakeFirst();

/** The person, whom nobody else changes until the transaction ends. */
export const lockedPerson = (trx: Trx, id: string): Promise<Person | undefined> =>
  trx.selectFrom('people').select(COLUMNS).where('id', '=', id).forUpdate().executeTakeFirst();

/** The person as the actor may know of them; undefined when there is no such person to them. */
export const personSeen = (
  db: DbOrTrx,
  programs: Programs,
  actor: Actor,
  id: string,
): Promise<Person | undefined> =>
  visible(db, programs, actor).where('people.id', '=', id).executeTakeFirst();

/** Whether the actor may know of the person: of everybody, or by an assignment. */
export const isVisible = async (...asked: Parameters<typeof personSeen>): Promise<boolean> =>
  (await personSeen(...asked)) !== undefined;

/** Those whom the actor may know of, in the order in which they were added. */
export function peoplePage(
  db: Db,
  programs: Programs,
  actor: Actor,
  q: string | undefined,
  page: { after: string | null; fetch: number },
): Promise<Person[]> {
  let query = visible(db, programs, actor).orderBy('id').limit(page.fetch);
  if (page.after !== null) query = query.where('id', '>', page.after);
  if (q !== undefined) {
    const part = `%${q.replace(/[\\%_]/g, '\\$&')}%`;
    const name = nameSeen(programs, actor);
    query = query.where((eb) => eb.or([eb(name, 'ilike', part), eb('email', 'ilike', part)]));
  }
  return query.execute();
}

/** @throws ConflictError when somebody has the address already */
export async function addPerson(
  trx: Trx,
  person: z.infer<typeof newPerson>,
  now: Date,
): Promise<Person> {
  const added = await trx
    .insertInto('people')
    .values({ id: newId(now), ...person, demo: false, version: 1, createdAt: now })
    .onConflict((conflict) => conflict.expression(sql`lower(email)`).doNothing())
    .returning(COLUMNS)
    .executeTakeFirst();
  if (!added) throw addressTaken(person.email);
  return added;
}

/**
 * Gives a person another name or address; what is left out stays.
 *
 * @throws ConflictError when somebody else has the address already
 */
export async function changePerson(
  trx: Trx,
  id: string,
  change: z.infer<typeof personChange>,
  { precondition, addressChanged }: PersonChanging,
): Promise<Person> {
  const person = await lockedPerson(trx, id);
  if (!person) throw new NotFoundError('There is no such person.');
  precondition(person.version);
  const { name = person.name, email = person.email } = change;
  const holder = await trx
    .selectFrom('people')
    .select('id')
    .where(sql`lower(email)`, '=', email.toLowerCase())
    .where('id', '<>', id)
    .executeTakeFirst();
  if (holder) throw addressTaken(email);
  if (email.toLowerCase() !== person.email.toLowerCase()) await addressChanged();
  return trx
    .updateTable('people')
    .set({ name, email, version: person.version + 1 })
    .where('id', '=', id)
    .returning(COLUMNS)
    .executeTakeFirstOrThrow();
}

export interface PersonChanging {
  /** Throws unless the version is the expected one. */
  precondition: (version: number) => void;
  /** Ends whatever the old address has opened. */
  addressChanged: () => Promise<unknown>;
}

/** Whoever may read everywhere knows everybody; others know those whose assignments they may read. */
const visible = (db: DbOrTrx, programs: Programs, actor: Actor) =>
  db
    .selectFrom('people')
    .select(['id', nameSeen(programs, actor).as('name'), 'email', 'demo', 'version'])
    .where((eb) =>
      knowsEverybody(actor) ? eb.lit(true) : eb.exists(readable(programs, actor).select('a.id')),
    );

const knowsEverybody = (actor: Actor): boolean =>
  can(actor, 'people.read', { state: true }) === 'yes';

/** The assignments of a row of `people` that tell the actor of them. */
const readable = (programs: Programs, actor: Actor) =>
  expressionBuilder<Tables>()
    .selectFrom('assignments as a')
    .where(sql<boolean>`a.person_id = people.id`)
    .where((on) => whereCan(on, actor, 'people.read', assignmentColumns(programs)));

/**
 * The name by which the actor knows somebody. Whoever has named them by nothing but an address that
 * was known already is told the name that was typed: else an address would tell whose it is.
 */
const nameSeen = (programs: Programs, actor: Actor): RawBuilder<string> =>
  knowsEverybody(actor)
    ? sql<string>`people.name`
    : sql<string>`coalesce(${readable(programs, actor).select(
        sql<string>`case when bool_and(a.named_as is not null) then max(a.named_as) end`.as('name'),
      )}, people.name)`;

const COLUMNS = ['id', 'name', 'email', 'demo', 'version'] as const;

const addressTaken = (email: string) =>
  new ConflictError(
    'email-taken',
    `Somebody has the address ${email} already. Find them in the list of people, and use them.`,
  );
