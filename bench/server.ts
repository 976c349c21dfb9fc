import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Logger } from 'pino';
import { startEmbedded } from '../src/db/embedded.ts';

/** A PostgreSQL of the measurement's own, with the settings that `npm start` gives it. */
export interface Server {
  folder: string;
  /** Makes a database, empty or a copy of another. @returns its address */
  database(name: string, template?: string): Promise<string>;
  drop(name: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startServer(log: Logger): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'planning-year-bench-'));
  // Root's PostgreSQL runs as another user, who has to pass through here.
  chmodSync(folder, 0o711);
  const embedded = await startEmbedded(folder, log);
  const at = (name: string): string => {
    const url = new URL(embedded.url);
    url.pathname = `/${name}`;
    return url.href;
  };
  return {
    folder,
    database: async (name, template = 'template1') => {
      await run(at('postgres'), `create database ${name} template ${template}`);
      return at(name);
    },
    drop: (name) => run(at('postgres'), `drop database ${name} with (force)`),
    stop: async () => {
      await embedded.stop();
      rmSync(folder, { recursive: true, force: true });
      if (embedded.elsewhere) rmSync(embedded.folder, { recursive: true, force: true });
    },
  };
}

async function run(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
