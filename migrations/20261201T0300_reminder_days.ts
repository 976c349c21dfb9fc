import { type Kysely, type RawBuilder, sql } from 'kysely';

/**
 * Days count from the day to aim at: what was told by the due date is known by that day from now on,
 * so that nobody is told twice. What the source itself orders can't be switched off any more.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index tasks_to_aim_at on tasks (least(safe_by, due_on))
      where status in ('open', 'blocked')`.execute(db);
  await rename(db, sql`t.due_on`, sql`t.safe_by`);
  await sql`
    update preferences
    set switched_off = array_remove(switched_off, 'isbe-comprehensive/quarter-ending'),
      version = version + 1
    where 'isbe-comprehensive/quarter-ending' = any(switched_off)`.execute(db);
}

/** Who had switched off what the source orders is not known any more, and gets it. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await rename(db, sql`t.safe_by`, sql`t.due_on`);
  await sql`drop index tasks_to_aim_at`.execute(db);
}

/**
 * A key whose new name is there already, from when the task had another date, keeps its own. A task
 * whose date was extended has no day to aim at any more.
 */
const rename = (db: Kysely<unknown>, from: RawBuilder<unknown>, to: RawBuilder<unknown>) =>
  sql`
    with renamed as (
      select r.*, r.rule || ':' || split_part(r.occasion, ':', 2) || ':' || ${to} as name
      from reminders r
      join tasks t on t.id = r.task_id
      join planning_years y on y.id = t.planning_year_id
      where r.rule = 'deadline-near' and t.safe_by < t.due_on
        and (y.state -> 'extended' ? t.task_key) is not true
        and r.occasion like '%:' || ${from}
    )
    update reminders r set occasion = n.name
    from renamed n
    where r.id = n.id and not exists (
      select from reminders o
      where o.planning_year_id = n.planning_year_id and o.role = n.role and o.occasion = n.name
        and o.task_id = n.task_id and o.person_id is not distinct from n.person_id)`.execute(db);
