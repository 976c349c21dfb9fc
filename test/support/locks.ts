import { sql } from 'kysely';
import type { DbOrTrx } from '../../src/context.ts';

/** Whether somebody in this database waits for a lock that another holds. */
export async function someoneWaits(db: DbOrTrx): Promise<boolean> {
  const { rows } = await sql`
    select from pg_locks join pg_database on oid = database
    where datname = current_database() and not granted`.execute(db);
  return rows.length > 0;
}
