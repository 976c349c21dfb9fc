import { setTimeout } from 'node:timers/promises';

/**
 * Waits until something is so. How long that takes is the machine's business and no test's: it gives
 * up only where something must have gone wrong.
 */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const began = Date.now(); !(await isSo()); await setTimeout(20))
    if (Date.now() - began > PATIENCE_MS)
      throw new Error(`It did not come to be within ${PATIENCE_MS / 1000} s.`);
}

const PATIENCE_MS = 120_000;
