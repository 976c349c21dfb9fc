import { type Kysely, sql } from 'kysely';

/** Whoever started a job may hold several roles: what was one grant becomes a list of them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    update jobs set actor = jsonb_build_object(
      'id', actor -> 'id', 'person', null, 'grants', jsonb_build_array(actor - 'id'))
    where not actor ? 'grants'`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    update jobs set actor = jsonb_build_object('id', actor -> 'id') || (actor -> 'grants' -> 0)
    where actor ? 'grants'`.execute(db);
}
