import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';

/**
 * One step of stopping. A step that fails or hangs must not keep the rest, above all PostgreSQL,
 * from stopping: it is logged, and given up after `patience` milliseconds.
 */
export async function bounded(
  stop: () => Promise<void>,
  patience: number,
  log: Logger,
): Promise<void> {
  const waiting = new AbortController();
  const tooLong = sleep(patience, null, { signal: waiting.signal }).then(() => {
    throw new Error(`It takes longer than ${patience / 1000} s.`);
  });
  try {
    await Promise.race([stop(), tooLong]);
  } catch (error) {
    log.error({ err: error }, 'Something did not stop cleanly.');
  } finally {
    waiting.abort();
    tooLong.catch(() => {});
  }
}
