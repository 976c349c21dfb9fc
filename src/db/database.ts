import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Db } from '../context.ts';
import { connectionSettings } from './connection-settings.ts';
import { namingClient } from './naming-client.ts';
import type { Tables } from './tables.ts';
import type { Watching } from './watched-client.ts';

/**
 * The database as the rooms see it. Connects at the first query, never here; `db.destroy()` closes
 * every connection.
 *
 * @param url `postgres://user:password@host:port/database`
 * @param watching how soon a server that has fallen silent is given up; left out: as in earnest
 */
export function openDatabase(url: string, log: Logger, watching?: Watching): Db {
  const pool = new Pool({
    ...connectionSettings(url),
    Client: namingClient(log, watching),
    max: 20,
    idleTimeoutMillis: 60_000,
  });
  // The pool replaces a connection that breaks while idle, and the client has logged it; without a
  // listener the event would end the process.
  pool.on('error', () => {});

  return new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
}
