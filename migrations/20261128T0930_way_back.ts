import { type Kysely, sql } from 'kysely';

/** Signing in leads back to the page that was asked for. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table sign_in_attempts add back text`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table sign_in_attempts drop back`.execute(db);
}
