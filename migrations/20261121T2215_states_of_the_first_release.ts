import { type Kysely, sql } from 'kysely';

/** States written before they told where their year began, and whether it has ended. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    update planning_years y
    set state = y.state
      || jsonb_build_object('began', l.entry::jsonb -> 'data' -> 'regions', 'ended', false)
    from log_entries l
    where l.planning_year_id = y.id and l.seq = 1 and not y.state ? 'began'`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`update planning_years set state = state - 'began' - 'ended'`.execute(db);
}
