import { sql } from 'kysely';
import { Client } from 'pg';
import type { Db, DbOrTrx } from '../context.ts';
import { DatabaseUnfitError } from './migrate.ts';

/** By which a server is let in. */
export interface Login {
  role: string;
  /** Null: the address names none. */
  password: string | null;
}

/** As whom an address connects. */
export function loginOf(url: string): Login {
  const { user, password } = new Client({ connectionString: url });
  return { role: user!, password: password ?? null };
}

/**
 * Makes the role that serves, unless it is there; its password stays then as it is.
 *
 * @throws DatabaseUnfitError when it has to be made by somebody else
 */
export async function makeRole(db: Db, { role, password }: Login): Promise<void> {
  if (await isThere(db, role)) return;
  const secret = password === null ? sql`` : sql`password ${sql.lit(password)}`;
  try {
    await sql`create role ${sql.id(role)} login ${secret}`.execute(db);
  } catch (error) {
    // Of two that make it at once one is first.
    if (await isThere(db, role)) return;
    throw new DatabaseUnfitError(
      `The user "${role}" of DATABASE_URL is not there, and the one of MIGRATION_DATABASE_URL can't make it. Make it with: create role "${role}" login password '...'`,
      { cause: error },
    );
  }
}

async function isThere(db: Db, role: string): Promise<boolean> {
  const { rows } = await sql`select from pg_roles where rolname = ${role}`.execute(db);
  return rows.length > 0;
}

/**
 * Whether a connection's own role could change the tables themselves: it owns them, can become
 * their owner, or is above all rights. False where there are none yet.
 */
export async function ownsTables(db: DbOrTrx): Promise<boolean> {
  const { rows } = await sql<{ owns: boolean }>`
    select exists (
      select from pg_class c, pg_roles r
      where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
        and r.rolname = current_user
        and (r.rolsuper or pg_has_role(r.oid, c.relowner, 'member'))) as owns`.execute(db);
  return rows[0]!.owns;
}
