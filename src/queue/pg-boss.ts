import { fromKysely, type Job, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import { type JobName, type Jobs, jobs } from './jobs.ts';
import { connection } from './prepare.ts';
import type { Queue } from './queue.ts';

/**
 * The queue on pg-boss, in a schema of its own that `prepareQueue` has made. When something is due, the
 * next attempt included, is decided by our own tables: a job is tried once, and one that fails is only logged.
 *
 * @throws when the database cannot be reached at the start
 */
export async function createQueue({ url, log }: { url: string; log: Logger }): Promise<Queue> {
  const boss = new PgBoss({
    ...connection(url, log),
    max: 4,
    migrate: false,
    schedule: false,
    useListenNotify: true,
  });
  // The boss goes on by itself once the database is back; unheard, the event would end the process.
  boss.on('error', (error) => log.error({ reason: reasonOf(error) }, 'The queue had an error.'));
  boss.on('warning', ({ message }) => log.warn({ reason: message }, 'The queue gave a warning.'));
  await boss.start();

  return {
    async send(trx, name, payloads) {
      if (payloads.length === 0) return;
      const rows = payloads.map((payload) => ({ data: jobs[name].parse(payload) }));
      // The boss reads its rows by their own names: no plugin may rename them.
      await boss.insert(name, rows, { db: fromKysely(trx.withoutPlugins()) });
    },

    async work(name, handler) {
      for (let worker = 0; worker < WORKERS; worker += 1) {
        let id = '';
        id = await boss.work(name, WORKER, async (batch: Job<unknown>[]) => {
          for (const { data } of batch) await handle(log, name, data, handler);
          // Where there was one job there may be more: the boss would wait for a notification.
          boss.notifyWorker(id);
        });
      }
    },

    async stop() {
      await boss.stop({ graceful: true, timeout: 30_000 });
    },
  };
}

/** One job at a time each, so that while some are being sent another makes ready what follows. */
const WORKERS = 3;

/** A notification wakes a worker that has nothing to do, or, where one got lost, the next poll. */
const WORKER = { pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 5 } as const;

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
