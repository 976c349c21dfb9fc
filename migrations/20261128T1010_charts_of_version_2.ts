import { type Kysely, sql } from 'kysely';

/**
 * Version 2 of Illinois' charts has the states of version 1, and new edges between them: years go on
 * where they stand. What was due before a year was opened here stays so when the year is over.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    update tasks t set status = 'preStart', version = t.version + 1
    from planning_years y
    where y.id = t.planning_year_id and t.status = 'lapsed' and t.due_on < y.opened_on`.execute(db);
  await sql`
    update planning_years set machine_version = '2'
    where program = 'isbe-comprehensive' and machine_version = '1'`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    update planning_years set machine_version = '1'
    where program = 'isbe-comprehensive' and machine_version = '2'`.execute(db);
  await sql`
    update tasks t set status = 'lapsed', version = t.version + 1
    from planning_years y
    where y.id = t.planning_year_id and t.status = 'preStart' and t.due_on < y.opened_on
      and (y.status <> 'active' or (y.state ->> 'ended')::boolean)`.execute(db);
}
