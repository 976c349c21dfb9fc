import closeWithGrace from 'close-with-grace';
import type { Logger } from 'pino';
import { isDatabaseGone } from '../http/database-gone.ts';
import { bounded } from './bounded.ts';
import { plainly } from './start-fault.ts';

/**
 * Registers what is to be done when the process ends; the latest comes first. It is given up after
 * `patience` milliseconds.
 */
export type AtEnd = (stop: () => Promise<void>, patience: number) => void;

/**
 * A process from its start to its end: a fault at the start is one plain message and exit 1; a
 * signal gives back what was begun, also in the middle of the start.
 */
export function live(log: Logger, start: (atEnd: AtEnd) => Promise<void>): void {
  const stops: (() => Promise<void>)[] = [];
  let failed = false;

  const started = start((stop, patience) => {
    stops.push(() => bounded(stop, patience, log));
  }).catch((error) => {
    process.stderr.write(`${plainly(error)}\n`);
    failed = true;
  });

  const { close } = closeWithGrace(
    { delay: 200_000, logger: false, skip: [...SIGNALS, 'unhandledRejection', 'beforeExit'] },
    async ({ err }) => {
      if (err) log.fatal({ err }, 'A fault of the program ends this process.');
      await started;
      for (const stop of stops.reverse()) await stop();
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
