import { type Kysely, sql } from 'kysely';

/**
 * The last contact with a school is a part of its year's state. What people did beside moving years
 * along is witnessed in `audit_entries`, and once a day the heads of all logs and these entries are
 * sealed, each seal over the one before it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    update planning_years set state = state || '{"lastContact": null}'::jsonb
    where not state ? 'lastContact'`.execute(db);
  await sql`
    create table seals (
      /* The day that it closes, in UTC. */
      sealed_on date primary key,
      sealed_at timestamptz not null,
      previous bytea not null,
      digest bytea not null
    );

    create table sealed_heads (
      sealed_on date not null references seals,
      /* Without a foreign key: that a year is gone must show. */
      planning_year_id uuid not null,
      seq int not null,
      hash bytea not null,
      primary key (planning_year_id, sealed_on)
    );
    create index on sealed_heads (sealed_on);

    create table audit_entries (
      id uuid primary key,
      at timestamptz not null,
      kind text not null,
      actor text not null,
      request_id text,
      planning_year_id uuid,
      detail jsonb not null,
      /* The seal that holds it; null until the day is sealed. */
      sealed_on date references seals
    );
    create index on audit_entries (planning_year_id, id);
    create index on audit_entries (actor, id);
    create index on audit_entries (id) where sealed_on is null;

    create function audit_is_append_only() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' and old.sealed_on is null
          and to_jsonb(new) - 'sealed_on' = to_jsonb(old) - 'sealed_on' then
        return new;
      end if;
      raise exception 'The audit is append-only: % is refused.', tg_op using errcode = 'restrict_violation';
    end $$;
    create trigger audit_is_append_only before update or delete on audit_entries
      for each row execute function audit_is_append_only();
    create trigger audit_is_never_truncated before truncate on audit_entries
      for each statement execute function audit_is_append_only();
    create trigger seals_are_append_only before update or delete on seals
      for each row execute function audit_is_append_only();
    create trigger sealed_heads_are_append_only before update or delete on sealed_heads
      for each row execute function audit_is_append_only()`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop table audit_entries, sealed_heads, seals;
    drop function audit_is_append_only`.execute(db);
  await sql`update planning_years set state = state - 'lastContact'`.execute(db);
}
