import { type Kysely, sql } from 'kysely';

/**
 * Who may still write. A migration that an earlier release can't live with says the oldest that may
 * (`oldestWriter`, see src/db/migrate.ts); from then on the database refuses the writes of those before
 * it, whatever they know, and reads go on. Each transaction that writes holds a shared lock, so that
 * none which has begun before passes by a migration that excludes it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table writers (
      single boolean primary key default true check (single),
      /* Of src/release.ts: the oldest that may write, and the newest that has been here. */
      oldest integer not null,
      newest integer not null
    );
    insert into writers (oldest, newest) values (1, 1);

    create function refuse_outdated() returns trigger language plpgsql as $$
    begin
      perform pg_advisory_xact_lock_shared(${sql.lit(WRITERS)});
      if coalesce(nullif(current_setting('planning_year.release', true), ''), '1')::int
        < (select oldest from writers) then
        raise exception 'A newer release has taken over this database.' using errcode = 'PY001';
      end if;
      return null;
    end $$;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop function refuse_outdated cascade`.execute(db);
  await sql`drop table writers`.execute(db);
}

/** An arbitrary number that nothing else locks. */
export const WRITERS = 2_026_120_107;
