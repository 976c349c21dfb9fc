import { type Kysely, sql } from 'kysely';

/**
 * What reports read: counts that are kept instead of counted, and the transaction that changed each
 * planning year last.
 *
 * A count is a number under a key: `years`, `state <region>.<state> <month since>`,
 * `task <task> done | blocked | open <due on>`. Whatever changes planning years or tasks, in whatever
 * way, its own statement leaves the difference as a row of `count_deltas`, which waits for nobody;
 * `src/reports/fold.ts` sums them up in `kept_counts`.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table kept_counts (
      program text not null,
      year text not null,
      /* Both empty: the whole state, with every key. Else one district's part in one county, with
         fewer keys, and without a calendar version. */
      district_code text not null,
      county text not null,
      calendar_version text not null,
      counts jsonb not null,
      primary key (program, year, district_code, county, calendar_version)
    );

    create table count_deltas (
      program text not null,
      year text not null,
      id bigint generated always as identity,
      district_code text not null,
      county text not null,
      calendar_version text not null,
      counts jsonb not null,
      primary key (program, year, id)
    );

    create function counted_state(region text, standing jsonb) returns text stable language sql
      return 'state ' || region || '.' || (standing ->> 'state') || ' ' || left(standing ->> 'since', 7);

    create function counted_task(task_key text, status text, due_on date) returns text stable language sql
      return case when status in ('open', 'blocked', 'done') then 'task ' || task_key || ' ' || status ||
        case when status = 'open' and due_on is not null then ' ' || to_char(due_on, 'YYYY-MM-DD') else '' end end;
  `.execute(db);

  await sql
    .raw(`
    create function counts_of(ids uuid[]) returns table (program text, year text,
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
        select ${COLUMNS}, counted_task(t.task_key, t.status, t.due_on), 1
        from y join tasks t on t.planning_year_id = y.id`)}
    $$;

    ${trigger('years_inserted', keepDelta(yearsIn('inserted', 1)))}
    create trigger count_inserted after insert on planning_years referencing new table as inserted
      for each statement execute function years_inserted();
    ${trigger('years_deleted', keepDelta(yearsIn('deleted', -1)))}
    create trigger count_deleted after delete on planning_years referencing old table as deleted
      for each statement execute function years_deleted();
    ${trigger('year_moved', keepDelta(moved))}
    create trigger count_moved after update on planning_years for each row
      when (old.state -> 'regions' is distinct from new.state -> 'regions')
      execute function year_moved();

    ${trigger('tasks_inserted', keepDelta(tasksIn([['inserted', 1]])))}
    create trigger count_inserted after insert on tasks referencing new table as inserted
      for each statement execute function tasks_inserted();
    ${trigger('tasks_deleted', keepDelta(tasksIn([['deleted', -1]])))}
    create trigger count_deleted after delete on tasks referencing old table as deleted
      for each statement execute function tasks_deleted();
    ${trigger(
      'tasks_updated',
      keepDelta(
        tasksIn([
          ['after', 1],
          ['before', -1],
        ]),
      ),
    )}
    create trigger count_updated after update on tasks
      referencing old table as before new table as after
      for each statement execute function tasks_updated();
  `)
    .execute(db);

  // A school that comes to lie in another county takes its counts along. Whoever changes one of its
  // years holds that row: the move waits for him, or he for the move. Whoever opens one holds the
  // school instead.
  await sql`
    create function county_changed() returns trigger language plpgsql as $$
    declare
      was text := case when tg_op = 'INSERT' then '' else old.county end;
      now_in text := case when tg_op = 'DELETE' then '' else new.county end;
      school text := case when tg_op = 'DELETE' then old.code else new.code end;
    begin
      if was = now_in or current_setting('planning_year.counting', true) = 'off' then return null; end if;
      perform from planning_years where organization_code = school order by id for update;
      if not found then return null; end if;
      insert into count_deltas (program, year, district_code, county, calendar_version, counts)
      select c.program, c.year, c.district_code, moved.county, c.calendar_version,
        (select jsonb_object_agg(key, value::int * moved.n) from jsonb_each_text(c.counts))
      from counts_of(array(select id from planning_years where organization_code = school)) c,
        (values (was, -1), (now_in, 1)) as moved (county, n);
      return null;
    end $$;
    create trigger county_changed after insert or update or delete on schools
      for each row execute function county_changed();

    create function hold_school() returns trigger language plpgsql as $$
    begin
      perform from schools where code = new.organization_code for share;
      return new;
    end $$;
    create trigger hold_school before insert on planning_years
      for each row execute function hold_school();
  `.execute(db);

  // Transactions end in another order than they begin: by the number of the one that wrote a row a
  // reader knows whether one that is still at work may yet come in before it.
  await sql`
    alter table planning_years add column changed_in xid8 not null default pg_current_xact_id();
    create index on planning_years (changed_in, id);

    create function year_changed() returns trigger language plpgsql as $$
    begin
      new.changed_in := pg_current_xact_id();
      return new;
    end $$;
    create trigger year_changed before update on planning_years for each row
      when (old.head_seq <> new.head_seq or old.updated_at <> new.updated_at
        or old.version <> new.version or old.status <> new.status or old.state <> new.state)
      execute function year_changed();

    insert into count_deltas (program, year, district_code, county, calendar_version, counts)
    select program, year, district_code, county, calendar_version, counts
    from counts_of(array(select id from planning_years));
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop trigger year_changed on planning_years;
    drop trigger hold_school on planning_years;
    drop trigger count_inserted on planning_years;
    drop trigger count_deleted on planning_years;
    drop trigger count_moved on planning_years;
    drop trigger count_inserted on tasks;
    drop trigger count_deleted on tasks;
    drop trigger count_updated on tasks;
    drop trigger county_changed on schools;
    drop function year_changed, hold_school, county_changed, years_inserted, years_deleted, year_moved,
      tasks_inserted, tasks_deleted, tasks_updated, counts_of, counted_task, counted_state;
    alter table planning_years drop column changed_in;
    drop table count_deltas, kept_counts;
  `.execute(db);
}

const COLUMNS = 'program, year, district_code, county, calendar_version';
const PLACE = `y.program, y.year, y.district_code, coalesce(s.county, '') as county, y.calendar_version`;
const SCHOOL = 'left join schools s on s.code = y.organization_code';

/** Rows of {@link COLUMNS}, `key` and `n` as one row of counts for each place. Without a key: not counted. */
const summed = (keyed: string) => `
  select ${COLUMNS}, jsonb_object_agg(key, n) as counts
  from (select ${COLUMNS}, key, sum(n) as n from (${keyed}) k where key is not null group by ${COLUMNS}, key having sum(n) <> 0) s
  group by ${COLUMNS}`;

const keepDelta = (keyed: string) =>
  `insert into count_deltas (${COLUMNS}, counts) ${summed(keyed)};`;

/** A restore brings its counts along, and says so. */
const trigger = (name: string, body: string) => `
  create function ${name}() returns trigger language plpgsql as $$
  begin
    if current_setting('planning_year.counting', true) = 'off' then return null; end if;
    ${body}
    return null;
  end $$;`;

const yearsIn = (table: string, n: number) => `
  with y as (select ${PLACE}, y.state from ${table} y ${SCHOOL})
  select ${COLUMNS}, 'years' as key, ${n} as n from y
  union all
  select ${COLUMNS}, counted_state(r.key, r.value), ${n} from y, jsonb_each(y.state -> 'regions') r`;

/** Only regions that have moved are looked at. */
const moved = `
  select new.program, new.year, new.district_code,
    coalesce((select county from schools where code = new.organization_code), '') as county,
    new.calendar_version, counted_state(key, side.standing) as key, side.n
  from jsonb_each(new.state -> 'regions') now full join jsonb_each(old.state -> 'regions') was using (key),
    lateral (values (now.value, 1), (was.value, -1)) as side (standing, n)
  where now.value is distinct from was.value and side.standing is not null`;

/** The years come first, each once: a statement may change thousands of tasks of a few. */
const tasksIn = (changed: [table: string, n: number][]) => `
  with changed as materialized (${changed
    .map(
      ([table, n]) => `select planning_year_id, task_key, status, due_on, ${n} as n from ${table}`,
    )
    .join(' union all ')}),
  place as materialized (
    select ${PLACE}, y.id from planning_years y ${SCHOOL}
    where y.id in (select planning_year_id from changed)
  )
  select ${COLUMNS}, counted_task(c.task_key, c.status, c.due_on) as key, c.n
  from changed c join place on place.id = c.planning_year_id`;
