import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { pino } from 'pino';
import { startEmbedded } from '../../src/db/embedded.ts';
import { prepareDatabase } from '../../src/prepare-database.ts';
import { shared } from './shared.ts';

/** One PostgreSQL for the whole run, with a migrated database that each suite takes a copy of. */
export default async function globalSetup(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'planning-year-test-'));
  // Root's PostgreSQL runs as another user, who has to pass through here.
  chmodSync(folder, 0o711);
  const log = pino({ level: 'silent' });
  const server = await startEmbedded(folder, log, FAST_AND_FORGETFUL);

  const stop = async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
    if (server.elsewhere) rmSync(server.folder, { recursive: true, force: true });
  };
  shared.stop = stop;
  // Jest does not tear down what Ctrl-C interrupts.
  process.once('SIGINT', () => void stop().finally(() => process.exit(130)));

  await prepareDatabase({ owner: server.url, serving: server.servingUrl }, log);
  await turnIntoTemplate(server.url);
  process.env.TEST_DATABASE_URL = server.url;
  process.env.TEST_SERVING_URL = server.servingUrl;
}

const FAST_AND_FORGETFUL = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '200',
};

/** A template takes no connections, so that copying it never has to wait for one to end. */
async function turnIntoTemplate(url: string): Promise<void> {
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  const client = new Client({ connectionString: maintenance.href });
  await client.connect();
  const name = new URL(url).pathname.slice(1);
  await client.query(`alter database ${name} with is_template true allow_connections false`);
  await client.end();
}
