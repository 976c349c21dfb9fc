import { setTimeout as sleep } from 'node:timers/promises';
import type { Queue } from '../queue/queue.ts';

export interface WatchedQueue extends Queue {
  /** Resolves once all that was sent has been worked off. @throws Error when nothing moves any more */
  rest(): Promise<void>;
}

/** The queue, with an eye on what is still under way. */
export function watched(queue: Queue): WatchedQueue {
  let [sent, done] = [0, 0];
  let wake = () => {};

  return {
    async send(trx, name, payloads) {
      await queue.send(trx, name, payloads);
      sent += payloads.length;
    },
    work: (name, handler) =>
      queue.work(name, async (payload) => {
        await handler(payload).finally(() => {
          done += 1;
          if (done >= sent) wake();
        });
      }),
    async rest() {
      for (let before = -1; done < sent; ) {
        if (before === done)
          throw new Error(`The queue stands still with ${sent - done} jobs left to do.`);
        before = done;
        const patience = new AbortController();
        const empty = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race([empty, sleep(PATIENCE, null, patience).catch(() => {})]);
        patience.abort();
      }
    },
    stop: () => queue.stop(),
  };
}

/** How long not a single job may come to its end, in milliseconds. */
const PATIENCE = 60_000;
