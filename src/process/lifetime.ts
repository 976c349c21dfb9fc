import { setTimeout as sleep } from 'node:timers/promises';
import closeWithGrace from 'close-with-grace';
import type { Logger } from 'pino';
import { isDatabaseGone } from '../http/database-gone.ts';
import { plainly } from './start-fault.ts';

/** Registers what is to be done when the process ends; the latest comes first. */
export type AtEnd = (stop: () => Promise<void>) => void;

/**
 * A process from its start to its end: a fault at the start is one plain message and exit 1; a
 * signal gives back what was begun, also in the middle of the start.
 */
export function live(log: Logger, start: (atEnd: AtEnd) => Promise<void>): void {
  const stops: (() => Promise<void>)[] = [];
  let failed = false;

  const started = start((stop) => stops.push(stop)).catch((error) => {
    process.stderr.write(`${plainly(error)}\n`);
    failed = true;
  });

  const { close } = closeWithGrace(
    { delay: 60_000, logger: false, skip: [...SIGNALS, 'unhandledRejection', 'beforeExit'] },
    async ({ err }) => {
      if (err) log.fatal({ err }, 'A fault of the program ends this process.');
      await started;
      for (const stop of stops.reverse()) await bounded(stop, log);
      if (failed) throw new Error('Exit 1.');
    },
  );
  const fail = (error: unknown) => {
    log.fatal({ err: error }, 'A fault of the program ends this process.');
    failed = true;
    close();
  };

  void started.then(() => failed && close());
  onSignal(() => close());
  process.on('unhandledRejection', (error) => {
    // PostgreSQL may go away for a while; whoever needs it asks again.
    if (!isDatabaseGone(error)) return fail(error);
    log.warn({ reason: String(error) }, 'Something in the background missed the database.');
  });
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/**
 * Ctrl-C reaches the whole group, and npm passes on what we have got already: a repeat within two
 * seconds is the same signal. A later one is somebody who will not wait.
 */
function onSignal(stop: () => void): void {
  let since: number | undefined;
  const heard = () => {
    if (since === undefined) {
      since = Date.now();
      stop();
    } else if (Date.now() - since > 2_000) {
      process.exit(1);
    }
  };
  for (const signal of SIGNALS) process.on(signal, heard);
}

/** What hangs must not keep the rest, above all PostgreSQL, from stopping. */
async function bounded(stop: () => Promise<void>, log: Logger): Promise<void> {
  const waiting = new AbortController();
  const tooLong = sleep(20_000, null, { signal: waiting.signal }).then(() => {
    throw new Error('It takes longer than 20 s.');
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
