import { sql } from 'kysely';
import type { Context, Db } from '../context.ts';
import type { StoredFault } from '../errors.ts';
import { isAddress } from '../mail/compose.ts';
import { faultOfPreferences, usableOf } from '../preferences/sound.ts';
import type { Programs } from '../programs/programs.ts';

type Ctx = Pick<Context, 'db' | 'programs'>;

/** People to whom no mail can be addressed, or whose preferences hold what there is not. */
export async function faultsOfPeople({ db, programs }: Ctx): Promise<StoredFault[]> {
  const odd = await db
    .selectFrom('people')
    .select('id')
    // Coarse, since the database reads patterns in its own way: each is looked at once more.
    .where(sql<boolean>`email !~ '^[^@[:space:]]+@[^@[:space:]]+$' or email ~ '[<>,;:"()\\[\\\\[:cntrl:]]'
      or strpos(email, ']') > 0`)
    .execute();
  const ids = (await areOdd({ db, programs }))
    ? await db.selectFrom('preferences').select('personId as id').execute()
    : [];
  const faults = await Promise.all(
    [...new Set([...odd, ...ids].map(({ id }) => id))].map((id) =>
      faultOfPerson({ db, programs }, id),
    ),
  );
  return faults.filter((fault) => fault !== null);
}

/** What all have set is little, and looked at before it is asked whose it is. */
async function areOdd({ db, programs }: Ctx): Promise<boolean> {
  const { rows } = await sql<{ zones: string[]; languages: string[]; kinds: string[] }>`
    select array(select distinct zone from preferences where zone is not null) as zones,
      array(select distinct language from preferences where language is not null) as languages,
      array(select distinct unnest(switched_off) from preferences) as kinds`.execute(db);
  const { zones, languages, kinds } = rows[0]!;
  const all = [
    ...zones.map((zone) => ({ zone, language: null, switchedOff: [] })),
    ...languages.map((language) => ({ zone: null, language, switchedOff: [] })),
    { zone: null, language: null, switchedOff: kinds },
  ];
  return all.some((stored) => faultOfPreferences(programs, '', stored) !== null);
}

/** What is wrong with one person; null: nothing, or there is none. */
export async function faultOfPerson(
  { db, programs }: Ctx,
  id: string,
): Promise<StoredFault | null> {
  const row = await db
    .selectFrom('people as p')
    .leftJoin('preferences as w', 'w.personId', 'p.id')
    .select(['p.email', 'w.zone', 'w.language', 'w.switchedOff'])
    .where('p.id', '=', id)
    .executeTakeFirst();
  if (!row) return null;
  const { email, zone, language, switchedOff } = row;
  const fault = faultOfPreferences(programs, id, {
    zone,
    language,
    switchedOff: switchedOff ?? [],
  });
  if (fault) return fault;
  if (isAddress(email)) return null;
  return {
    kind: 'person',
    subject: id,
    reason: 'No mail can be addressed to them.',
    remedy: `PATCH /v1/people/${id} with another email`,
  };
}

/** Takes out of a person's preferences what there is not. @returns what was done; null: nothing */
export async function mendPerson(db: Db, programs: Programs, id: string): Promise<string | null> {
  const row = await db
    .selectFrom('preferences')
    .select(['zone', 'language', 'switchedOff'])
    .where('personId', '=', id)
    .executeTakeFirst();
  if (!row || !faultOfPreferences(programs, id, row)) return null;
  await db
    .updateTable('preferences')
    .set((eb) => ({ ...usableOf(programs, row), version: eb('version', '+', 1) }))
    .where('personId', '=', id)
    .execute();
  return 'the preferences, which are the program’s again where there is no such thing';
}
