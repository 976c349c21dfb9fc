import type { Context } from '../context.ts';
import { isNewerAtWork, isOutdated } from '../db/writers.ts';

/**
 * Whether this process leaves background work alone for now: what is decided by a date waits until that
 * can be trusted, and of several releases on one database the newest does it.
 */
export async function standsBack({ db, clock }: Pick<Context, 'db' | 'clock'>): Promise<boolean> {
  if (await clock.doubt?.()) return true;
  return (await isOutdated(db)) || (await isNewerAtWork(db, clock.now()));
}
