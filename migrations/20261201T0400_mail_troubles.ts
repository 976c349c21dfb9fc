import { type Kysely, sql } from 'kysely';

/** What is to be told of an address, and keeps no mail from it: mail that did not arrive, complaints. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table messages drop constraint messages_reported_check;
    alter table messages add constraint messages_reported_check
      check (reported in ('delayed', 'delivered', 'bounced', 'complained'));

    /* Always in lower case. */
    create table mail_troubles (
      id uuid primary key,
      address text not null unique,
      reason text not null check (reason in ('undelivered', 'complained')),
      since timestamptz not null,
      last_at timestamptz not null,
      detail text not null,
      message_id uuid
    );
    create trigger suppression_changed after insert or delete on mail_troubles
      for each row execute function suppression_changed();

    create view addresses_to_mend as
      select id, address, reason, since, detail from suppressions
      union all
      select id, address, reason, since, detail from mail_troubles t
      where not exists (select from suppressions s where s.address = t.address);
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop view addresses_to_mend;
    drop table mail_troubles;
    update messages set reported = 'delivered' where reported = 'complained';
    alter table messages drop constraint messages_reported_check;
    alter table messages add constraint messages_reported_check
      check (reported in ('delayed', 'delivered', 'bounced'));
  `.execute(db);
}
