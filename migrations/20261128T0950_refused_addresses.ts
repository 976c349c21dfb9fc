import { type Kysely, sql } from 'kysely';

/** People tell when the state of their address changed, so that a scan looks at their places anew. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table people add column address_changed_in xid8 not null default pg_current_xact_id();
    create index on people (address_changed_in);
    create function address_changed() returns trigger language plpgsql as $$
    begin
      new.address_changed_in := pg_current_xact_id();
      return new;
    end $$;
    create trigger address_changed before update of email on people for each row
      when (old.email <> new.email) execute function address_changed();

    create function suppression_changed() returns trigger language plpgsql as $$
    begin
      update people set address_changed_in = pg_current_xact_id()
        where lower(email) = coalesce(new.address, old.address);
      return null;
    end $$;
    create trigger suppression_changed after insert or delete on suppressions
      for each row execute function suppression_changed();
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop trigger suppression_changed on suppressions;
    drop function suppression_changed;
    drop trigger address_changed on people;
    drop function address_changed;
    alter table people drop column address_changed_in;
  `.execute(db);
}
