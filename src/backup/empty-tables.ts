import { sql } from 'kysely';
import type { Trx } from '../context.ts';
import { plain, type Table } from './catalog.ts';

/**
 * Takes every row out of these tables, which must be all that point to each other. Some refuse to
 * forget anything, by triggers that sleep meanwhile: whoever calls has seen that only what the program
 * wrote by itself stands there.
 */
export async function emptyTables(trx: Trx, tables: Table[]): Promise<void> {
  const named = tables.map(({ name }) => sql.table(name));
  const triggers = async (how: string) => {
    for (const table of named)
      await sql`alter table ${table} ${sql.raw(how)} trigger user`.execute(plain(trx));
  };
  await triggers('disable');
  await sql`truncate ${sql.join(named)}`.execute(plain(trx));
  await triggers('enable');
}
