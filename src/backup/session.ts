import { sql } from 'kysely';
import type { Trx } from '../context.ts';

/**
 * Makes the texts of values the same in every database, and lets the transaction take the time it
 * needs.
 */
export async function prepareSession(trx: Trx): Promise<void> {
  await sql`
    set local timezone = 'UTC';
    set local datestyle = 'ISO';
    set local intervalstyle = 'postgres';
    set local bytea_output = 'hex';
    set local extra_float_digits = 1;
    set local statement_timeout = 0;
    set local idle_in_transaction_session_timeout = 0`.execute(trx);
}
