import { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import { watchedClient } from '../db/watched-client.ts';
import { jobs } from './jobs.ts';

/**
 * Makes the schema of the queue and its queues, or brings them to this release. Whoever owns them is
 * not who works with them: {@link createQueue} makes nothing.
 *
 * @param url of the owner
 */
export async function prepareQueue(url: string, log: Logger): Promise<void> {
  const boss = new PgBoss({ ...connection(url, log), max: 2, schedule: false, supervise: false });
  boss.on('error', (error) => log.error({ reason: error.message }, 'The queue had an error.'));
  await boss.start();
  try {
    for (const name of Object.keys(jobs)) await boss.createQueue(name, QUEUE);
  } finally {
    await boss.stop({ graceful: false });
  }
}

/** What every connection of the queue has in common. */
export const connection = (url: string, log: Logger) => ({
  connectionString: url,
  // What the pool of the boss takes beside, although its types do not say so.
  ...{ Client: watchedClient(log), keepAlive: true, connectionTimeoutMillis: 5_000 },
  application_name: 'planning-year queue',
  schema: 'queue',
});

const QUEUE = {
  notify: true,
  retryLimit: 0,
  /** Longer than any handler runs; the job of a process that died counts as failed after it. */
  expireInSeconds: 600,
  retentionSeconds: 86_400,
  deleteAfterSeconds: 3_600,
};
