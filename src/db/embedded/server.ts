import { existsSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, dataFolder } from './cluster.ts';
import { freePort } from './free-port.ts';
import { isServerOf, readPidFile } from './pid-file.ts';
import { answers } from './probe.ts';
import { run } from './run.ts';

/** How long to wait for a server to start or to stop, in milliseconds. */
export const PATIENCE = 20_000;

/**
 * Has the server run, be it by finding it running: another process's, or an orphan whose process
 * was killed.
 *
 * @param wanted the port to start on; any free one without it
 * @returns its port
 */
export async function startOrAdopt(cluster: Cluster, wanted?: number): Promise<number> {
  const data = dataFolder(cluster);
  const deadline = Date.now() + PATIENCE;
  while (Date.now() < deadline) {
    const known = readPidFile(data);
    if (known?.port && (await answers(cluster, known.port))) return known.port;
    if (known && isServerOf(data, known.pid)) {
      // Starting, recovering or stopping: none of it is to be disturbed.
      await sleep(100);
      continue;
    }
    // The file names a process that is gone. Its number may be another's by now, which PostgreSQL
    // would take for a server.
    rmSync(join(data, 'postmaster.pid'), { force: true });
    await launch(cluster, wanted ?? (await freePort()));
    // The children of a killed server hold its memory for a moment yet: try again.
    await sleep(100);
  }
  throw new Error(
    `The embedded PostgreSQL did not start within ${PATIENCE / 1000} s. Its log (${join(cluster.home, 'log')}) ends: ${lastWords(cluster)}`,
  );
}

/** Disconnects everyone, in an orderly way. */
export async function stop(cluster: Cluster): Promise<void> {
  await run(cluster, cluster.binaries.pgCtl, [
    '-D',
    dataFolder(cluster),
    '-m',
    'fast',
    '-w',
    'stop',
  ]);
}

async function launch(cluster: Cluster, port: number): Promise<void> {
  const log = join(cluster.home, 'log');
  if (existsSync(log) && statSync(log).size > 10_000_000) renameSync(log, `${log}.old`);
  const settings = { ...OUR_SETTINGS, ...cluster.settings, port: String(port) };
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  const patience = String(PATIENCE / 1000);
  await run(cluster, cluster.binaries.pgCtl, [
    ...['-D', dataFolder(cluster), '-l', log, '-w', '-t', patience],
    ...['-o', options.join(' '), 'start'],
  ]);
}

const OUR_SETTINGS = {
  listen_addresses: '127.0.0.1',
  // No socket: its path could be too long, and others could reach it.
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  // Parallel queries take shared memory of which containers have little, and nothing here needs them.
  max_parallel_workers_per_gather: '0',
};

function lastWords({ home }: Cluster): string {
  const log = join(home, 'log');
  if (!existsSync(log)) return '(nothing)';
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-5).join(' | ');
}
