import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { type Migration, type MigrationResultSet, Migrator } from 'kysely/migration';
import { migrations } from '../../migrations/index.ts';
import type { Db, Trx } from '../context.ts';
import type { Tables } from './tables.ts';
import { admitWriters } from './writers.ts';

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
      await whileInTheWay(async () => {
        await migrateToLatest(connection);
        await admitWriters(connection);
      });
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

/** An earlier release that goes on beside it may hold a table the other way round: then all is begun anew. */
async function whileInTheWay(act: () => Promise<void>): Promise<void> {
  for (let times = 1; ; times += 1) {
    try {
      return await act();
    } catch (error) {
      if ((error as { code?: unknown }).code !== DEADLOCK || times === ATTEMPTS) throw error;
      await sleep(times * 200);
    }
  }
}

const DEADLOCK = '40P01';
const ATTEMPTS = 20;

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
  await run(trx, all, (migrator) => migrator.migrateTo(level));
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

const migrateToLatest = (db: Kysely<Tables>): Promise<void> =>
  run(db, migrations, (migrator) => migrator.migrateToLatest());

/** What a migration throws first is what is wrong: within a transaction all that follows fails, too. */
async function run(
  db: Kysely<Tables>,
  all: Record<string, Migration>,
  act: (migrator: Migrator) => Promise<MigrationResultSet>,
): Promise<void> {
  let first: unknown;
  const heard =
    (step: Migration['up']): Migration['up'] =>
    async (trx) => {
      try {
        await step(trx);
      } catch (error) {
        first ??= error;
        throw error;
      }
    };
  const steps = Object.entries(all).map(([name, { up, down }]) => [
    name,
    { up: heard(up), ...(down && { down: heard(down) }) },
  ]);
  const provider = { getMigrations: async () => Object.fromEntries(steps) };
  const { error } = await act(new Migrator({ db, provider }));
  if (error) throw fault(first ?? error);
}

function fault(error: unknown): unknown {
  if (!(error instanceof Error) || !error.message.startsWith('corrupted migrations')) return error;
  return new DatabaseUnfitError(
    `The database does not fit this version of the program (${error.message}). Start the version that wrote it, or name another database in DATABASE_URL.`,
  );
}
