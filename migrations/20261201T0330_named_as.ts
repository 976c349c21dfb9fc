import { type Kysely, sql } from 'kysely';

/**
 * Under which name somebody was given a role by whoever did not know them but by their address: that
 * name, and not their own, is what the giver is shown.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table assignments add column named_as text`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table assignments drop column named_as`.execute(db);
}
