import type { DbOrTrx, Trx } from '../context.ts';

/** How somebody wants their mail; null: as the program has it. */
export interface Preferences {
  zone: string | null;
  digestAt: string | null;
  language: string | null;
  /** Kinds of reminders, as `program/rule`. */
  switchedOff: string[];
  /** Counts the changes; 0: nothing was ever said. */
  version: number;
}

export async function preferencesOf(db: DbOrTrx, personId: string): Promise<Preferences> {
  const row = await db
    .selectFrom('preferences')
    .select(['zone', 'digestAt', 'language', 'switchedOff', 'version'])
    .where('personId', '=', personId)
    .executeTakeFirst();
  return row ?? { zone: null, digestAt: null, language: null, switchedOff: [], version: 0 };
}

/** Saves what was read in the same transaction, after the person was locked. */
export async function savePreferences(
  trx: Trx,
  personId: string,
  preferences: Preferences,
  now: Date,
): Promise<Preferences> {
  const saved = { ...preferences, version: preferences.version + 1 };
  const values = { ...saved, updatedAt: now };
  await trx
    .insertInto('preferences')
    .values({ personId, ...values })
    .onConflict((conflict) => conflict.column('personId').doUpdateSet(values))
    .execute();
  return saved;
}
