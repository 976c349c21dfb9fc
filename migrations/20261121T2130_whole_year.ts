import { type Kysely, sql } from 'kysely';

/** What is set anew each year, wide acts, and a year's own dates beside its calendar. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table year_parameters (
      program text not null,
      year text not null,
      version integer not null,
      /* {"program": {id: value}, "districts": {code: {id: value}}} */
      settings jsonb not null,
      updated_at timestamptz not null,
      primary key (program, year)
    );
    create table year_parameter_changes (
      program text not null,
      year text not null,
      version integer not null,
      actor jsonb not null,
      recorded_at timestamptz not null,
      settings jsonb not null,
      primary key (program, year, version)
    );
    create function parameter_changes_are_append_only() returns trigger language plpgsql as $$
    begin
      raise exception 'The history of year parameters is append-only: % is refused.', tg_op using errcode = 'restrict_violation';
    end $$;
    create trigger parameter_changes_are_append_only before update or delete on year_parameter_changes
      for each row execute function parameter_changes_are_append_only();
    create trigger parameter_changes_are_never_truncated before truncate on year_parameter_changes
      for each statement execute function parameter_changes_are_append_only();

    /* The dates set for its organization that count for a year, by parameter. */
    alter table planning_years add column parameters jsonb not null default '{}';

    create table jobs (
      id uuid primary key,
      kind text not null,
      status text not null check (status in ('queued', 'running', 'done')),
      program text not null,
      year text not null,
      actor jsonb not null,
      command jsonb not null,
      total integer not null,
      created_at timestamptz not null,
      touched_at timestamptz not null,
      finished_at timestamptz
    );
    create index on jobs (touched_at) where status <> 'done';
    create table job_items (
      job_id uuid not null references jobs,
      planning_year_id uuid not null references planning_years,
      status text not null check (status in ('waiting', 'done', 'failed')),
      failure jsonb,
      primary key (job_id, planning_year_id)
    );
    create index on job_items (job_id) where status = 'waiting';
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop table job_items, jobs, year_parameter_changes, year_parameters;
    drop function parameter_changes_are_append_only;
    alter table planning_years drop column parameters;
  `.execute(db);
}
