import { fromKysely, type Job, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import { type JobName, type Jobs, jobs } from './jobs.ts';
import type { Queue } from './queue.ts';

/**
 * The queue on pg-boss, in a schema of its own. When something is due, the next attempt included,
 * is decided by our own tables: a job is tried once, and one that fails is only logged.
 *
 * @throws when the database cannot be reached at the start
 */
export async function createQueue({ url, log }: { url: string; log: Logger }): Promise<Queue> {
  const boss = new PgBoss({
    connectionString: url,
    application_name: 'planning-year queue',
    schema: 'queue',
    max: 4,
    schedule: false,
    useListenNotify: true,
  });
  // The boss goes on by itself once the database is back; unheard, the event would end the process.
  boss.on('error', (error) => log.error({ reason: reasonOf(error) }, 'The queue had an error.'));
  boss.on('warning', ({ message }) => log.warn({ reason: message }, 'The queue gave a warning.'));
  await boss.start();
  for (const name of Object.keys(jobs)) await boss.createQueue(name, QUEUE);

  return {
    async send(trx, name, payloads) {
      if (payloads.length === 0) return;
      const rows = payloads.map((payload) => ({ data: jobs[name].parse(payload) }));
      // The boss reads its rows by their own names: no plugin may rename them.
      await boss.insert(name, rows, { db: fromKysely(trx.withoutPlugins()) });
    },

    async work(name, handler) {
      await boss.work(name, WORKER, async (batch: Job<unknown>[]) => {
        await Promise.all(batch.map(({ data }) => handle(log, name, data, handler)));
      });
    },

    async stop() {
      await boss.stop({ graceful: true, timeout: 30_000 });
    },
  };
}

const QUEUE = {
  notify: true,
  retryLimit: 0,
  /** Longer than any handler runs; the job of a process that died counts as failed after it. */
  expireInSeconds: 600,
  retentionSeconds: 86_400,
  deleteAfterSeconds: 3_600,
};

/**
 * A full batch is followed by the next at once; otherwise a notification wakes the worker, or, where
 * one got lost, the next poll. Of two workers one takes up the next while the other comes to its end.
 */
const WORKER = {
  batchSize: 2,
  localConcurrency: 2,
  burstWhenBatchFull: true,
  pollingIntervalSeconds: 2,
  notifyPollingIntervalSeconds: 5,
} as const;

async function handle<N extends JobName>(
  log: Logger,
  name: N,
  data: unknown,
  handler: (payload: Jobs[N]) => Promise<void>,
): Promise<void> {
  try {
    await handler(jobs[name].parse(data) as Jobs[N]);
  } catch (error) {
    log.error(
      { err: error, job: name, data },
      'A job failed; our own tables say if it comes again.',
    );
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof Error || (typeof error === 'object' && error && 'message' in error)
    ? String(error.message)
    : String(error);
