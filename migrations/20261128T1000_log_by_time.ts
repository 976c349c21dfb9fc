import { type Kysely, sql } from 'kysely';

/** What the logs have got lately is found by its time: they only grow, so a coarse index will do. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index log_entries_lately on log_entries using brin (recorded_at)`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index log_entries_lately`.execute(db);
}
