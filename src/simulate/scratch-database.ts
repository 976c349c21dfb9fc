import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Logger } from 'pino';
import { startEmbedded } from '../db/embedded.ts';

/** The server won't give us a database of our own. */
export class NoScratchDatabaseError extends Error {
  override name = 'NoScratchDatabaseError';
}

export interface ScratchDatabase {
  url: string;
  /** Takes the database away again, with all that is in it. */
  drop(): Promise<void>;
}

/**
 * A fresh, empty database that nobody else knows of: on the server that `databaseUrl` names, or, when
 * it is null, on an embedded PostgreSQL in a temporary folder.
 * @throws NoScratchDatabaseError
 */
export const scratchDatabase = (
  databaseUrl: string | null,
  log: Logger,
): Promise<ScratchDatabase> => (databaseUrl === null ? embedded(log) : onServer(databaseUrl));

async function embedded(log: Logger): Promise<ScratchDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'planning-year-simulation-'));
  const remove = (path: string) => rmSync(path, { recursive: true, force: true });
  try {
    // Root's PostgreSQL runs as another user, who has to pass through here.
    chmodSync(folder, 0o711);
    const server = await startEmbedded(folder, log, NOTHING_TO_LOSE);
    const drop = async () => {
      await server.stop();
      remove(folder);
      if (server.elsewhere) remove(server.folder);
    };
    return { url: server.url, drop };
  } catch (error) {
    remove(folder);
    throw error;
  }
}

/** The database ends with the simulation, so it need not outlive a crash. */
const NOTHING_TO_LOSE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

async function onServer(databaseUrl: string): Promise<ScratchDatabase> {
  const name = `simulation_${randomBytes(8).toString('hex')}`;
  await maintain(databaseUrl, `create database ${name} encoding 'UTF8' template template0`).catch(
    (cause) => {
      throw new NoScratchDatabaseError(
        `A simulation needs a database of its own beside the one in DATABASE_URL, and it could not be created: ${cause.message}. Give that user the right to (alter role ... createdb), or leave DATABASE_URL unset.`,
        { cause },
      );
    },
  );
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => maintain(databaseUrl, `drop database ${name} with (force)`) };
}

async function maintain(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
