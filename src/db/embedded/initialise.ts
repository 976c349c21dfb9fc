import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { handOver } from './account.ts';
import { type Cluster, dataFolder, USER } from './cluster.ts';
import { run } from './run.ts';

/** Creates the cluster on disk if it isn't there. */
export async function initialise(cluster: Cluster): Promise<void> {
  const data = dataFolder(cluster);
  if (existsSync(data)) return requireSameMajor(cluster);

  const secret = join(cluster.home, 'password');
  if (!existsSync(secret)) {
    writeFileSync(secret, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
    handOver(cluster.home, cluster.account);
  }
  // Renamed when complete: a process killed in here leaves nothing that looks like a cluster.
  const unfinished = `${data}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  const { code, output } = await run(cluster, cluster.binaries.initdb, [
    `--pgdata=${unfinished}`,
    `--username=${USER}`,
    `--pwfile=${secret}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(cluster.settings.fsync === 'off' ? ['--no-sync'] : []),
  ]);
  if (code !== 0) throw new Error(`The database could not be created in ${data}: ${output.trim()}`);
  renameSync(unfinished, data);
}

function requireSameMajor(cluster: Cluster): void {
  const data = dataFolder(cluster);
  const major = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  if (major === cluster.binaries.major) return;
  throw new Error(
    `The data in ${data} were written by PostgreSQL ${major}; this is PostgreSQL ${cluster.binaries.major}. Start the version of this program that wrote them, or set DATA_DIR to another folder.`,
  );
}
