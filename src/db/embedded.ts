import { join } from 'node:path';
import type { Logger } from 'pino';
import { findBinaries } from './embedded/binaries.ts';
import { type Cluster, password, USER } from './embedded/cluster.ts';
import { type FileLock, lock, tryLock } from './embedded/file-lock.ts';
import { findHome, prepareDataDir } from './embedded/home.ts';
import { initialise } from './embedded/initialise.ts';
import { maintenanceClient } from './embedded/probe.ts';
import { PATIENCE, startOrAdopt, stop } from './embedded/server.ts';
import { servingLogin } from './embedded/serving-login.ts';
import { watch } from './embedded/watch.ts';

export interface Embedded {
  /** By the role that owns all; the same until the process ends, also after the server was restarted. */
  url: string;
  /** By the role that serves: see `grants.ts`. */
  servingUrl: string;
  /** Where the data lie. */
  folder: string;
  /** Whether that is outside `dataDir`. */
  elsewhere: boolean;
  /** Gives up this process's use of the server; the last one to do so stops it. */
  stop(): Promise<void>;
}

/**
 * The PostgreSQL that comes with the program, under `dataDir`. Any number of processes share one
 * server: the first starts it, later ones find it, the last stops it. Who uses it is told by locks
 * of the operating system, which a killed process can't leave behind. If the server dies it is
 * started again.
 *
 * @param settings server settings beside our own, e.g. `{ fsync: 'off' }`
 */
export async function startEmbedded(
  dataDir: string,
  log: Logger,
  settings: Record<string, string> = {},
): Promise<Embedded> {
  const folder = prepareDataDir(dataDir);
  const locks = {
    start: join(folder, 'postgres-start.lock'),
    users: join(folder, 'postgres-users.lock'),
  };
  const exclusively = <T>(work: () => Promise<T>) => underLock(locks.start, work);

  const { cluster, port, use, servingUrl, elsewhere } = await exclusively(async () => {
    const home = findHome(folder);
    const binaries = findBinaries(home.folder, home.account);
    const cluster = { home: home.folder, account: home.account, binaries, settings };
    await initialise(cluster);
    const port = await startOrAdopt(cluster);
    await createDatabase(cluster, port);
    const servingUrl = addressOf(port, await servingLogin(cluster, port));
    const use = await lock(locks.users, 'shared', PATIENCE);
    return { cluster, port, use, servingUrl, elsewhere: home.elsewhere };
  });

  const restart = async () => {
    await exclusively(() => startOrAdopt(cluster, port));
  };
  const endWatch = watch(() => maintenanceClient(cluster, port), restart, log);

  return {
    url: addressOf(port, { role: USER, password: password(cluster) }),
    servingUrl,
    folder: cluster.home,
    elsewhere,
    stop: async () => {
      await endWatch();
      await exclusively(() => leave(cluster, use, locks.users));
    },
  };
}

const DATABASE = 'planning_year';

const addressOf = (port: number, { role, password }: { role: string; password: string }): string =>
  `postgres://${role}:${password}@127.0.0.1:${port}/${DATABASE}`;

async function underLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const held = await lock(path, 'exclusive', 2 * PATIENCE);
  try {
    return await work();
  } finally {
    held.release();
  }
}

async function createDatabase(cluster: Cluster, port: number): Promise<void> {
  const client = maintenanceClient(cluster, port);
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [
      DATABASE,
    ]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

async function leave(cluster: Cluster, use: FileLock, users: string): Promise<void> {
  use.release();
  const alone = tryLock(users, 'exclusive');
  if (!alone) return;
  try {
    await stop(cluster);
  } finally {
    alone.release();
  }
}
