import { type Kysely, sql } from 'kysely';

/** One task with a date beyond the calendar's end is counted, and keeps no other from being so. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(countedTask("least(greatest(due_on, '0001-01-01'), '9999-12-31')")).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql.raw(countedTask('due_on')).execute(db);
}

const countedTask = (date: string) => `
  create or replace function counted_task(task_key text, kind text, status text, due_on date)
    returns text stable language sql
    return case when status in ('open', 'blocked', 'done') then 'task ' || task_key || ' ' || status ||
      case when can_be_late(kind, status) and due_on is not null
        then ' ' || to_char(${date}, 'YYYY-MM-DD') else '' end end`;
