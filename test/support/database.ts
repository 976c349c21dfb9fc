import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { pino } from 'pino';
import type { Db } from '../../src/context.ts';
import { openDatabase } from '../../src/db/database.ts';

export interface TestDatabase {
  db: Db;
  url: string;
  drop(): Promise<void>;
}

/** A migrated, empty database of one's own. `drop` it in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = new URL(process.env.TEST_DATABASE_URL!);
  const name = `test_${randomBytes(8).toString('hex')}`;
  await maintain(template, `create database ${name} template ${template.pathname.slice(1)}`);

  const url = new URL(template);
  url.pathname = `/${name}`;
  const db = openDatabase(url.href, pino({ level: 'silent' }));
  const drop = async () => {
    await db.destroy();
    await maintain(template, `drop database ${name} with (force)`);
  };
  return { db, url: url.href, drop };
}

async function maintain(server: URL, statement: string): Promise<void> {
  const url = new URL(server);
  url.pathname = '/postgres';
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
