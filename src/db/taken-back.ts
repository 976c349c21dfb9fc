import type { Db, Trx } from '../context.ts';
import { leavesNothing } from './leaves-nothing.ts';

/** Carries something out in a transaction of its own and takes it back: only what it returns is left. */
export async function takenBack<T>(db: Db, act: (trx: Trx) => Promise<T>): Promise<T> {
  let result: { value: T } | undefined;
  try {
    await db.transaction().execute(async (trx) => {
      await leavesNothing(trx);
      result = { value: await act(trx) };
      throw new TakenBack();
    });
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error;
  }
  if (!result) throw new Error('What is taken back comes to a result or throws.');
  return result.value;
}

/** Ends the transaction. */
class TakenBack extends Error {}
