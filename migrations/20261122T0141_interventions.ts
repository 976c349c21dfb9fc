import { type Kysely, sql } from 'kysely';

/** Acts of a coordinator that the state is told of; what they were stands in the log. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table interventions (
      planning_year_id uuid not null references planning_years on delete cascade,
      seq integer not null,
      primary key (planning_year_id, seq)
    )`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table interventions`.execute(db);
}
