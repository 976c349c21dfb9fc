import { createHash, type KeyObject } from 'node:crypto';
import { sql } from 'kysely';
import type { Db, Trx } from '../context.ts';
import { appliedMigrations, plain, readSequences, readTables, type Table } from './catalog.ts';
import { BackupRefusedError } from './errors.ts';
import { FORMAT, type Head, type Header, type Seal, type Section, type Trailer } from './format.ts';
import { prepareSession } from './session.ts';
import { signed } from './signing.ts';
import { writeGzip } from './write-gzip.ts';

export interface BackedUp {
  /** How many rows each table has. */
  rows: Record<string, number>;
  /** Size of the file. */
  bytes: number;
}

/**
 * Writes all that the database holds, as it stood at one moment, to the file `path`; `format.ts`
 * says how. Others go on reading and writing meanwhile. The database stays at the migrations that it
 * has: it may be one of an earlier release.
 *
 * @param key what it is signed with; left out: it is not, and is restored only where that is asked for
 * @param overwrite whether a file that stands there is replaced
 * @throws BackupRefusedError when there is nothing to back up, or the file stands there
 */
export async function backup(
  db: Db,
  path: string,
  { at, key, overwrite = false }: { at: Date; key?: KeyObject; overwrite?: boolean },
): Promise<BackedUp> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      await prepareSession(trx);
      const tables = await readTables(trx);
      const header = await headerOf(trx, tables, at);
      const rows: Record<string, number> = {};
      const bytes = await writeGzip(
        path,
        overwrite,
        sealed(content(trx, header, tables, rows), key),
      );
      return { rows, bytes };
    });
}

async function headerOf(trx: Trx, tables: Table[], at: Date): Promise<Header> {
  const migrations = await appliedMigrations(trx);
  if (migrations.length === 0)
    throw new BackupRefusedError(
      'The database is empty: there is nothing to back up. Check DATABASE_URL and DATA_DIR.',
    );
  return {
    planningYearBackup: FORMAT,
    createdAt: at.toISOString(),
    migrations,
    tables: tables.map(({ name, columns }) => ({ name, columns: columns.map((c) => c.name) })),
    sequences: await readSequences(trx),
  };
}

/** Every line but the seal, some hundreds at a time; counts the rows by the way. */
async function* content(
  trx: Trx,
  header: Header,
  tables: Table[],
  rows: Record<string, number>,
): AsyncGenerator<string> {
  yield line(header);
  for (const table of tables) {
    yield line({ table: table.name } satisfies Section);
    rows[table.name] = 0;
    for await (const lines of rowsOf(trx, table)) {
      rows[table.name]! += lines.length;
      yield `${lines.join('\n')}\n`;
    }
  }
  yield line({ rows, heads: await readHeads(trx) } satisfies Trailer);
}

// A planning year is some 5 kB: one step stays at a few megabytes.
const STEP = 1_000;

/** A table's rows as lines, in the order of its primary key; a cursor keeps the memory flat. */
async function* rowsOf(trx: Trx, { name, columns, primaryKey }: Table): AsyncGenerator<string[]> {
  const texts = sql.join(columns.map((column) => sql`${sql.ref(column.name)}::text`));
  const order = primaryKey.length > 0 ? sql`order by ${sql.join(primaryKey.map(sql.ref))}` : sql``;
  const db = plain(trx);
  await sql`declare backup no scroll cursor for
    select to_json(array[${texts}]::text[])::text as line from ${sql.table(name)} ${order}`.execute(
    db,
  );
  for (;;) {
    const { rows } = await sql<{ line: string }>`fetch ${sql.lit(STEP)} from backup`.execute(db);
    if (rows.length > 0) yield rows.map(({ line }) => line);
    if (rows.length < STEP) break;
  }
  await sql`close backup`.execute(db);
}

async function readHeads(trx: Trx): Promise<Head[]> {
  const rows = await trx
    .selectFrom('planningYears')
    .select(['id', 'headSeq', 'headHash'])
    .orderBy('id')
    .execute();
  return rows.map(({ id, headSeq, headHash }) => [id, headSeq, headHash.toString('hex')]);
}

async function* sealed(chunks: AsyncIterable<string>, key?: KeyObject): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk);
    hash.update(bytes);
    yield bytes;
  }
  const sha256 = hash.digest('hex');
  yield Buffer.from(line({ sha256, ...(key && { signed: signed(key, sha256) }) } satisfies Seal));
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
