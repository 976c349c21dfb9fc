import { type Kysely, sql } from 'kysely';

/**
 * Tasks may be dated occasions. The counts that reports read keep the due date of what can be late:
 * of what is open, unless it is an occasion, and of deadlines that are blocked.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table tasks drop constraint tasks_kind_check;
    alter table tasks add constraint tasks_kind_check
      check (kind in ('deadline', 'occasion', 'expected'));

    create function can_be_late(kind text, status text) returns boolean immutable language sql
      return status = 'open' and kind <> 'occasion' or status = 'blocked' and kind = 'deadline';

    create function counted_task(task_key text, kind text, status text, due_on date) returns text
      stable language sql
      return case when status in ('open', 'blocked', 'done') then 'task ' || task_key || ' ' || status ||
        case when can_be_late(kind, status) and due_on is not null
          then ' ' || to_char(due_on, 'YYYY-MM-DD') else '' end end;
  `.execute(db);
  await sql
    .raw(functions('planning_year_id, task_key, kind, status, due_on', 'kind, '))
    .execute(db);
  await sql`drop function counted_task(text, text, date)`.execute(db);
  await recount(db, 1);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  // Counted by the rule that still stands here: an open one gets its date back.
  await sql`update tasks set kind = 'expected', version = version + 1 where kind = 'occasion'`.execute(
    db,
  );
  await recount(db, -1);
  await sql`
    create function counted_task(task_key text, status text, due_on date) returns text stable language sql
      return case when status in ('open', 'blocked', 'done') then 'task ' || task_key || ' ' || status ||
        case when status = 'open' and due_on is not null then ' ' || to_char(due_on, 'YYYY-MM-DD') else '' end end;
  `.execute(db);
  await sql.raw(functions('planning_year_id, task_key, status, due_on', '')).execute(db);
  await sql`
    drop function counted_task(text, text, text, date);
    drop function can_be_late;
    alter table tasks drop constraint tasks_kind_check;
    alter table tasks add constraint tasks_kind_check check (kind in ('deadline', 'expected'))`.execute(
    db,
  );
}

/** Deadlines that are blocked are counted under their date from now on; occasions there are none yet. */
async function recount(db: Kysely<unknown>, n: 1 | -1): Promise<void> {
  await sql`
    insert into count_deltas (program, year, district_code, county, calendar_version, counts)
    select program, year, district_code, county, calendar_version, jsonb_object_agg(key, n)
    from (
      select y.program, y.year, y.district_code, coalesce(s.county, '') as county, y.calendar_version,
        k.key, sum(k.n * ${sql.lit(n)}) as n
      from tasks t
      join planning_years y on y.id = t.planning_year_id
      left join schools s on s.code = y.organization_code
      cross join lateral (values
        ('task ' || t.task_key || ' blocked', -1),
        ('task ' || t.task_key || ' blocked ' || to_char(t.due_on, 'YYYY-MM-DD'), 1)) as k (key, n)
      where t.status = 'blocked' and t.kind = 'deadline' and t.due_on is not null
      group by y.program, y.year, y.district_code, s.county, y.calendar_version, k.key
    ) sums
    group by program, year, district_code, county, calendar_version`.execute(db);
}

const COLUMNS = 'program, year, district_code, county, calendar_version';
const PLACE = `y.program, y.year, y.district_code, coalesce(s.county, '') as county, y.calendar_version`;
const SCHOOL = 'left join schools s on s.code = y.organization_code';

const summed = (keyed: string) => `
  select ${COLUMNS}, jsonb_object_agg(key, n) as counts
  from (select ${COLUMNS}, key, sum(n) as n from (${keyed}) k where key is not null group by ${COLUMNS}, key having sum(n) <> 0) s
  group by ${COLUMNS}`;

/** Those that count tasks. @param read of a changed task @param kind what is asked about beside the rest */
const functions = (read: string, kind: string) => {
  const args = (of: string) =>
    [`${of}.task_key`, ...(kind ? [`${of}.kind`] : []), `${of}.status`, `${of}.due_on`].join(', ');
  const tasksIn = (changed: [table: string, n: number][]) => `
    with changed as materialized (${changed
      .map(([table, n]) => `select ${read}, ${n} as n from ${table}`)
      .join(' union all ')}),
    place as materialized (
      select ${PLACE}, y.id from planning_years y ${SCHOOL}
      where y.id in (select planning_year_id from changed)
    )
    select ${COLUMNS}, counted_task(${args('c')}) as key, c.n
    from changed c join place on place.id = c.planning_year_id`;
  const trigger = (name: string, changed: [table: string, n: number][]) => `
    create or replace function ${name}() returns trigger language plpgsql as $$
    begin
      if current_setting('planning_year.counting', true) = 'off' then return null; end if;
      insert into count_deltas (${COLUMNS}, counts) ${summed(tasksIn(changed))};
      return null;
    end $$;`;
  return `
    create or replace function counts_of(ids uuid[]) returns table (program text, year text,
      district_code text, county text, calendar_version text, counts jsonb) stable language sql as $$
      with y as (
        select ${PLACE}, y.id, y.state from planning_years y ${SCHOOL}
        where y.id in (select unnest(ids))
      )
      ${summed(`
        select ${COLUMNS}, 'years' as key, 1 as n from y
        union all
        select ${COLUMNS}, counted_state(r.key, r.value), 1 from y, jsonb_each(y.state -> 'regions') r
        union all
        select ${COLUMNS}, counted_task(${args('t')}), 1
        from y join tasks t on t.planning_year_id = y.id`)}
    $$;
    ${trigger('tasks_inserted', [['inserted', 1]])}
    ${trigger('tasks_deleted', [['deleted', -1]])}
    ${trigger('tasks_updated', [
      ['after', 1],
      ['before', -1],
    ])}`;
};
