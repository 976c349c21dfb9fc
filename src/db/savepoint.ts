import { sql } from 'kysely';
import type { Trx } from '../context.ts';

/** Does a part of a transaction that may fail by itself: what it has done is taken back then. */
export async function withinSavepoint<T>(trx: Trx, act: () => Promise<T>): Promise<T> {
  await sql`savepoint apart`.execute(trx);
  try {
    const result = await act();
    await sql`release savepoint apart`.execute(trx);
    return result;
  } catch (error) {
    // Where the connection is lost, its transaction is, too.
    await sql`rollback to savepoint apart`.execute(trx).catch(() => {});
    throw error;
  }
}

/**
 * Whether the database has refused a statement for what it says, so that nothing of it is written and
 * others may be tried without it. Not so where the transaction is to begin anew, where the connection
 * is lost, or where the server can do nothing at the moment.
 */
export function isRefused(error: unknown): boolean {
  const { severity, code } = error as { severity?: unknown; code?: string };
  return severity === 'ERROR' && code !== undefined && REFUSALS.includes(code.slice(0, 2));
}

/** Classes of SQLSTATE: data exceptions, broken rules, a row that somebody holds, our own triggers. */
const REFUSALS = ['22', '23', '42', '55', 'P0'];
