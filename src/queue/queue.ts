import type { DbOrTrx } from '../context.ts';
import type { JobName, Jobs } from './jobs.ts';

/** Moves work between processes. It decides nothing about time: what is due stands in our own tables. */
export interface Queue {
  /** Enqueues within the caller's transaction: the work exists if and only if the fact does. */
  send<N extends JobName>(trx: DbOrTrx, name: N, payloads: Jobs[N][]): Promise<void>;
  /** Takes up the work of one kind in this process. A handler must be idempotent. */
  work<N extends JobName>(name: N, handler: (payload: Jobs[N]) => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}
