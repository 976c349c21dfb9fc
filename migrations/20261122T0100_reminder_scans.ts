import { type Kysely, sql } from 'kysely';

/** How far the reminders have been gone through, so that a scan looks only at what is new. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table reminders add column delivery text not null default 'digest' check (delivery in ('digest', 'atOnce'));
    alter table reminders drop constraint if exists reminders_status_check;
    alter table reminders add constraint reminders_status_check
      check (status in ('scheduled', 'held', 'sent', 'dropped', 'retrying', 'failed', 'bounced'));
    create index reminders_held on reminders (occasion) where status = 'held' and person_id is null;

    create table reminder_scans (
      program text primary key,
      /* What the rules were made of, as JSON. */
      rules text not null,
      /* Every year has been gone through for this date. */
      through date not null,
      /* What older transactions have changed has been looked at, too. */
      seen xid8 not null
    );

    alter table assignments add column changed_in xid8 not null default pg_current_xact_id();
    create index on assignments (changed_in);
    create index assignments_of_state on assignments (program) where organization_kind = 'state';
    create function assignment_changed() returns trigger language plpgsql as $$
    begin
      new.changed_in := pg_current_xact_id();
      return new;
    end $$;
    create trigger assignment_changed before update on assignments
      for each row execute function assignment_changed();

    drop trigger year_changed on planning_years;
    create trigger year_changed before update on planning_years for each row
      when (old.head_seq <> new.head_seq or old.updated_at <> new.updated_at
        or old.version <> new.version or old.status <> new.status or old.state <> new.state
        or old.parameters <> new.parameters or old.district_code <> new.district_code)
      execute function year_changed();
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop trigger year_changed on planning_years;
    create trigger year_changed before update on planning_years for each row
      when (old.head_seq <> new.head_seq or old.updated_at <> new.updated_at
        or old.version <> new.version or old.status <> new.status or old.state <> new.state)
      execute function year_changed();
    drop trigger assignment_changed on assignments;
    drop function assignment_changed;
    drop index assignments_of_state;
    alter table assignments drop column changed_in;
    drop table reminder_scans;
    drop index reminders_held;
    update reminders set status = 'failed' where status in ('retrying', 'bounced');
    alter table reminders drop constraint if exists reminders_status_check;
    alter table reminders add constraint reminders_status_check
      check (status in ('scheduled', 'sent', 'dropped', 'held', 'failed'));
    alter table reminders drop column delivery;
  `.execute(db);
}
