import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table districts (
      code text primary key,
      name text not null,
      demo boolean not null default false
    );

    create table schools (
      code text primary key,
      district_code text not null references districts,
      name text not null,
      city text not null,
      county text not null,
      school_type text not null,
      grades text not null,
      enrollment integer check (enrollment >= 0),
      demo boolean not null default false,
      version integer not null default 1,
      updated_at timestamptz not null
    );
    create index on schools (district_code, code);

    create table people (
      id uuid primary key,
      name text not null,
      email text not null,
      demo boolean not null default false,
      version integer not null default 1,
      created_at timestamptz not null
    );
    create unique index people_email on people (lower(email));

    create table assignments (
      id uuid primary key,
      person_id uuid not null references people,
      program text not null,
      role text not null,
      organization_kind text not null check (organization_kind in ('state', 'district', 'school')),
      organization_code text not null,
      from_on date not null,
      to_on date check (to_on >= from_on),
      demo boolean not null default false,
      version integer not null default 1,
      unique (person_id, program, role, organization_kind, organization_code, from_on)
    );
    create index on assignments (organization_code, role);

    create table api_keys (
      id uuid primary key,
      prefix text not null,
      hash bytea not null unique,
      role text not null,
      program text,
      scope jsonb not null,
      label text not null,
      expires_on date not null,
      revoked_at timestamptz,
      last_used_at timestamptz,
      created_by text not null,
      created_at timestamptz not null,
      demo boolean not null default false
    );

    create table calendar_versions (
      program text not null,
      version text not null,
      content jsonb not null,
      first_used_at timestamptz not null,
      primary key (program, version)
    );

    create table planning_years (
      id uuid primary key,
      program text not null,
      year text not null,
      organization_kind text not null check (organization_kind in ('school', 'district')),
      organization_code text not null,
      district_code text not null references districts,
      status text not null check (status in ('active', 'done', 'withdrawn')),
      state jsonb not null,
      version integer not null,
      head_seq integer not null,
      head_hash bytea not null,
      calendar_version text not null,
      machine_version text not null,
      opened_on date not null,
      clock_on date,
      demo boolean not null default false,
      updated_at timestamptz not null,
      unique (program, year, organization_code),
      foreign key (program, calendar_version) references calendar_versions (program, version)
    );
    create index on planning_years (district_code);
    create index on planning_years (organization_code);
    create index on planning_years (clock_on) where status = 'active';

    create table log_entries (
      planning_year_id uuid not null references planning_years,
      seq integer not null,
      type text not null,
      recorded_at timestamptz not null,
      effective_on date not null,
      entry text not null,
      hash bytea not null,
      primary key (planning_year_id, seq)
    );

    create table tasks (
      id uuid primary key,
      planning_year_id uuid not null references planning_years,
      task_key text not null,
      activity text not null,
      role text not null,
      scope text not null check (scope in ('state', 'district', 'school')),
      kind text not null check (kind in ('deadline', 'expected')),
      month text not null check (month ~ '^\\d{4}-\\d{2}$'),
      due_on date,
      safe_by date,
      status text not null check (status in ('open', 'blocked', 'done', 'waived', 'lapsed', 'preStart', 'notApplicable')),
      position integer not null,
      settled jsonb,
      version integer not null default 1,
      unique (planning_year_id, task_key)
    );
    create index on tasks (planning_year_id, position);
    create index on tasks (due_on, id) where status in ('open', 'blocked');
    create index on tasks (month, id) where due_on is null and status in ('open', 'blocked');

    create table idempotency_keys (
      credential text not null,
      key text not null,
      request_hash bytea not null,
      status integer,
      headers jsonb,
      body text,
      created_at timestamptz not null,
      primary key (credential, key)
    );
    create index on idempotency_keys (created_at);

    create table messages (
      id uuid primary key,
      person_id uuid not null references people,
      local_date date not null,
      status text not null check (status in ('queued', 'sending', 'sent', 'failed', 'dropped')),
      mail_id text not null unique,
      attempts integer not null default 0,
      claimed_at timestamptz,
      next_attempt_at timestamptz,
      last_error text,
      sent_at timestamptz,
      subject text,
      text text,
      html text,
      created_at timestamptz not null,
      unique (person_id, local_date)
    );
    create index on messages (next_attempt_at) where status in ('queued', 'sending');

    create table reminders (
      id uuid primary key,
      planning_year_id uuid not null references planning_years,
      task_id uuid references tasks,
      role text not null,
      person_id uuid references people,
      rule text not null,
      occasion text not null,
      due_on date not null,
      status text not null check (status in ('scheduled', 'sent', 'dropped', 'held', 'failed')),
      reason text,
      message_id uuid references messages,
      created_at timestamptz not null
    );
    create unique index reminders_once on reminders (planning_year_id, role, occasion, task_id, person_id) nulls not distinct;
    create index on reminders (person_id) where status = 'scheduled';
    create index on reminders (message_id);
    create index on reminders (planning_year_id) where status = 'held';

    create table cron_ticks (
      job text not null,
      tick text not null,
      runner text not null,
      at timestamptz not null,
      primary key (job, tick)
    );
  `.execute(db);

  // The log's promise is the database's own: an entry is never changed, and only the invented
  // years of the demonstration can be taken away again.
  await sql`
    create function log_is_append_only() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' and exists (select from planning_years y where y.id = old.planning_year_id and y.demo) then
        return old;
      end if;
      raise exception 'The log is append-only: % is refused.', tg_op using errcode = 'restrict_violation';
    end $$;
    create trigger log_is_append_only before update or delete on log_entries
      for each row execute function log_is_append_only();
    create trigger log_is_never_truncated before truncate on log_entries
      for each statement execute function log_is_append_only();

    create function demo_is_for_life() returns trigger language plpgsql as $$
    begin
      raise exception 'A planning year is a demonstration from the start or never.' using errcode = 'restrict_violation';
    end $$;
    create trigger demo_is_for_life before update of demo on planning_years
      for each row when (old.demo is distinct from new.demo) execute function demo_is_for_life();
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop table cron_ticks, reminders, messages, idempotency_keys, tasks, log_entries, planning_years,
      calendar_versions, api_keys, assignments, people, schools, districts cascade;
    drop function log_is_append_only;
    drop function demo_is_for_life;
  `.execute(db);
}
