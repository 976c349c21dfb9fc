import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { Client } from 'pg';
import { pino } from 'pino';
import { plain, readTables } from '../../../src/backup/catalog.ts';
import type { Db } from '../../../src/context.ts';
import { openDatabase } from '../../../src/db/database.ts';
import type { TestDatabase } from '../../support/database.ts';

/** A database without a single table. */
export async function bareDatabase(): Promise<TestDatabase> {
  const url = new URL(process.env.TEST_DATABASE_URL!);
  const name = `bare_${randomBytes(8).toString('hex')}`;
  await maintain(`create database ${name} template template0 encoding 'UTF8'`);
  url.pathname = `/${name}`;
  const db = openDatabase(url.href, pino({ level: 'silent' }));
  const drop = async () => {
    await db.destroy();
    await maintain(`drop database ${name} with (force)`);
  };
  return { db, url: url.href, drop };
}

/**
 * Each table's rows as PostgreSQL writes them, in one text: equal if and only if the tables are. Left
 * out is what a restore has to change: the ids of transactions, whether mail is paused, and that the
 * audit tells of the restore.
 */
export async function contents(db: Db): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const { name } of await readTables(db)) {
    if (name.startsWith('mail_settings')) continue;
    const { rows: columns } = await sql<{ name: string }>`
      select attname::text as name from pg_attribute
      where attrelid = ${name}::regclass and attnum > 0 and not attisdropped
        and atttypid <> 'xid8'::regtype
      order by attname`.execute(plain(db));
    const row = sql`row(${sql.join(columns.map((column) => sql.ref(column.name)))})::text`;
    const { rows } = await sql<{ text: string }>`
      select coalesce(string_agg(${row}, E'\n' order by ${row} collate "C"), '') as text
      from ${sql.table(name)}
      where ${name === 'audit_entries' ? sql`actor <> 'restore'` : sql`true`}`.execute(plain(db));
    all[name] = rows[0]!.text;
  }
  return all;
}

export const tableNames = async (db: Db): Promise<string[]> =>
  (await readTables(db)).map(({ name }) => name);

async function maintain(statement: string): Promise<void> {
  const url = new URL(process.env.TEST_DATABASE_URL!);
  url.pathname = '/postgres';
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
