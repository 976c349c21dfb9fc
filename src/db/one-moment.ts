import { sql } from 'kysely';
import type { Db, Trx } from '../context.ts';

/**
 * Reads as of one moment for as long as somebody takes what is read. Whoever breaks off ends the
 * transaction; a reader who stands still for five minutes loses it.
 */
export async function* asOfOneMoment<T>(
  db: Db,
  read: (trx: Trx) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const trx = await db
    .startTransaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute();
  try {
    await sql`set local idle_in_transaction_session_timeout = ${sql.lit(PATIENCE)}`.execute(trx);
    yield* read(trx);
  } finally {
    // Nothing was written; a connection that is lost takes its transaction along.
    await trx
      .rollback()
      .execute()
      .catch(() => {});
  }
}

const PATIENCE = '5min';
