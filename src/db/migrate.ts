import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { migrations } from '../../migrations/index.ts';
import type { Db, Trx } from '../context.ts';
import type { Tables } from './tables.ts';

/** The database can't be used as it is; the message says what to do. */
export class DatabaseUnfitError extends Error {
  override name = 'DatabaseUnfitError';
}

/**
 * Brings the database to the newest schema. Any number of processes may start at once: one
 * migrates, the others wait and find nothing left to do.
 *
 * @throws DatabaseUnfitError when the server is too old, not UTF-8, or newer than this program
 */
export async function migrate(db: Db): Promise<void> {
  await db.connection().execute(async (connection) => {
    await requireFitServer(connection);
    // A long migration, and waiting for another process's, must outlast the usual timeouts.
    await sql`set statement_timeout = 0; set lock_timeout = 0`.execute(connection);
    await sql`select pg_advisory_lock(${LOCK})`.execute(connection);
    try {
      await migrateToLatest(connection);
    } finally {
      await sql`select pg_advisory_unlock(${LOCK})`.execute(connection);
      await sql`reset statement_timeout; reset lock_timeout`.execute(connection);
    }
  });
}

/** Whether every migration of this release has been applied, and no other. */
export async function isMigrated(db: Db): Promise<boolean> {
  const { rows: found } = await sql<{ there: boolean }>`
    select to_regclass('kysely_migration') is not null as there`.execute(db);
  if (!found[0]?.there) return false;
  const { rows } = await sql<{ name: string }>`
    select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name).join() === Object.keys(migrations).join();
}

/** An arbitrary number that nothing else locks. */
const LOCK = 2_026_100_107;

/** Waits for whoever migrates this database, and keeps others from it until `trx` ends. */
export async function lockMigrations(trx: Trx): Promise<void> {
  await sql`set local lock_timeout = 0`.execute(trx);
  await sql`select pg_advisory_xact_lock(${LOCK})`.execute(trx);
}

/**
 * Brings the database to one level of the schema, forward or back, within the caller's transaction.
 *
 * @param level the name of the last migration that is to stand
 * @throws DatabaseUnfitError when the database is newer than this program
 */
export async function migrateTo(
  trx: Trx,
  level: string,
  all: Record<string, Migration> = migrations,
): Promise<void> {
  const { error } = await migrator(trx, all).migrateTo(level);
  if (error) throw fault(error);
}

/** @throws DatabaseUnfitError when the server is too old or not UTF-8 */
export async function requireFitServer(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<Server>`
    select current_setting('server_version_num')::int as number,
      current_setting('server_version') as version,
      current_setting('server_encoding') as encoding`.execute(db);
  requireFit(rows[0]!);
}

export interface Server {
  /** As PostgreSQL counts: 150004 is 15.4. */
  number: number;
  version: string;
  encoding: string;
}

/** @throws DatabaseUnfitError */
export function requireFit({ number, version, encoding }: Server): void {
  if (number < 150_000) {
    throw new DatabaseUnfitError(
      `DATABASE_URL names a PostgreSQL ${version}; version 15 or later is needed. Upgrade that server, or name another one.`,
    );
  }
  if (encoding !== 'UTF8') {
    throw new DatabaseUnfitError(
      `The database's encoding is ${encoding}; UTF8 is needed. Create it with: create database NAME encoding 'UTF8' template template0`,
    );
  }
}

async function migrateToLatest(db: Kysely<Tables>): Promise<void> {
  const { error } = await migrator(db, migrations).migrateToLatest();
  if (error) throw fault(error);
}

const migrator = (db: Kysely<Tables>, all: Record<string, Migration>): Migrator =>
  new Migrator({ db, provider: { getMigrations: async () => all } });

function fault(error: unknown): unknown {
  if (!(error instanceof Error) || !error.message.startsWith('corrupted migrations')) return error;
  return new DatabaseUnfitError(
    `The database does not fit this version of the program (${error.message}). Start the version that wrote it, or name another database in DATABASE_URL.`,
  );
}
