import { type Kysely, sql } from 'kysely';

/** What happens to schools themselves: they close, merge, get a new code. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    /* closed_on: the first day on which the school is no more under this code. */
    alter table schools add column closed_on date, add column successor text;

    create table school_acts (
      id uuid primary key,
      kind text not null check (kind in ('closed', 'merged', 'recoded')),
      school text not null,
      successor text,
      on_date date not null,
      reason text not null,
      actor jsonb not null,
      recorded_at timestamptz not null,
      check ((kind = 'closed') = (successor is null))
    );
    create index on school_acts (school);
    create index on school_acts (successor);

    create function school_acts_are_append_only() returns trigger language plpgsql as $$
    begin
      raise exception 'The history of schools is append-only: % is refused.', tg_op using errcode = 'restrict_violation';
    end $$;
    create trigger school_acts_are_append_only before update or delete on school_acts
      for each row execute function school_acts_are_append_only();
    create trigger school_acts_are_never_truncated before truncate on school_acts
      for each statement execute function school_acts_are_append_only();
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop table school_acts;
    drop function school_acts_are_append_only;
    alter table schools drop column closed_on, drop column successor;
  `.execute(db);
}
