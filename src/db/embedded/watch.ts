import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Logger } from 'pino';

/**
 * Keeps one connection open to notice at once when the server dies, and has it started again, ever
 * more patiently while that does not help.
 *
 * @returns ends the watch
 */
export function watch(
  connect: () => Client,
  restart: () => Promise<void>,
  log: Logger,
): () => Promise<void> {
  const ending = new AbortController();
  const done = keepWatching(connect, restart, log, ending.signal);
  return async () => {
    ending.abort();
    await done;
  };
}

async function keepWatching(
  connect: () => Client,
  restart: () => Promise<void>,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const began = Date.now();
    await untilGone(connect(), signal);
    if (signal.aborted) return;
    if (Date.now() - began > 60_000) failures = 0;
    await sleep(Math.min(30_000, 250 * 2 ** failures++ - 250), null, { signal }).catch(() => {});
    if (signal.aborted) return;
    log.warn('The embedded PostgreSQL is gone; starting it again.');
    await restart().catch((error) =>
      log.error({ reason: error.message }, 'The embedded PostgreSQL does not start.'),
    );
  }
}

/** Resolves when the connection is lost, can't be made, or `signal` ends it. */
async function untilGone(client: Client, signal: AbortSignal): Promise<void> {
  const gone = new Promise<void>((resolve) => client.once('end', () => resolve()));
  const end = () => void client.end().catch(() => {});
  try {
    await client.connect();
  } catch {
    return end();
  }
  // Only now: a client that is ended while it connects never says so.
  if (signal.aborted) return end();
  signal.addEventListener('abort', end, { once: true });
  await gone;
  signal.removeEventListener('abort', end);
}
