import { type Kysely, sql } from 'kysely';

/** A mail knows whose terms say when it may arrive: those of the first program that it speaks of. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table messages add column program text;
    update messages m set program = (
      select min(y.program) from reminders r join planning_years y on y.id = r.planning_year_id
      where r.message_id = m.id)
    where status in ('queued', 'sending', 'retrying', 'held');
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table messages drop column program`.execute(db);
}
