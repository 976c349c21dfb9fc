import { type Kysely, sql } from 'kysely';

/**
 * What can't be used as it stands, so that everything else goes on without it; and readers of JSON
 * that find nothing where others would fail, and with them the statement over all rows.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table quarantine (
      /* src/db/tables.ts says which there are. */
      kind text not null,
      /* Its id. */
      subject text not null,
      reason text not null,
      /* What mends it. */
      remedy text not null,
      since timestamptz not null,
      met_at timestamptz not null,
      primary key (kind, subject)
    );

    /* jsonb_each of what is an object; of anything else, nothing. */
    create function each_of(jsonb) returns table (key text, value jsonb) immutable language sql as $$
      select * from jsonb_each(case jsonb_typeof($1) when 'object' then $1 else '{}' end)
    $$;
    create function items_of(jsonb) returns table (item jsonb) immutable language sql as $$
      select * from jsonb_array_elements(case jsonb_typeof($1) when 'array' then $1 else '[]' end)
    $$;
    /* Null: it is no JSON. */
    create function json_from(text) returns jsonb immutable language plpgsql as $$
    begin
      return $1::jsonb;
    exception when others then
      return null;
    end $$;

    /* A year whose regions are no object counts as one without any, so that it can be mended. */
    do $do$
    declare counting oid;
    begin
      for counting in
        select p.oid from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = current_schema()
          and proname in ('counts_of', 'years_inserted', 'years_deleted', 'year_moved')
      loop
        execute replace(pg_get_functiondef(counting), 'jsonb_each(', 'each_of(');
      end loop;
    end $do$;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    do $do$
    declare counting oid;
    begin
      for counting in
        select p.oid from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = current_schema()
          and proname in ('counts_of', 'years_inserted', 'years_deleted', 'year_moved')
      loop
        execute replace(pg_get_functiondef(counting), 'each_of(', 'jsonb_each(');
      end loop;
    end $do$;
    drop function each_of, items_of, json_from;
    drop table quarantine;
  `.execute(db);
}
