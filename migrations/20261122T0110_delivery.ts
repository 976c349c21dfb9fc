import { type Kysely, sql } from 'kysely';

/** What became of every mail: retries, bounces, addresses that are suppressed, and what holds mail. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table reminders drop constraint if exists reminders_status_check;
    alter table reminders add constraint reminders_status_check check (status in
      ('scheduled', 'held', 'sent', 'dropped', 'retrying', 'failed', 'bounced'));

    alter table messages drop constraint messages_person_id_local_date_key;
    alter table messages drop constraint messages_status_check;
    alter table messages add constraint messages_status_check check (status in
      ('queued', 'sending', 'retrying', 'sent', 'failed', 'bounced', 'dropped', 'held'));
    alter table messages
      add column kind text not null default 'digest' check (kind in ('digest', 'atOnce')),
      add column reason text,
      add column to_address text,
      add column first_attempt_at timestamptz,
      /* What kind of fault the last attempt met: src/mail/fault.ts. */
      add column last_fault text,
      add column smtp_code integer,
      add column smtp_enhanced text,
      /* What the reports of mail servers say: delayed or delivered, and when. */
      add column reported text check (reported in ('delayed', 'delivered', 'bounced')),
      add column reported_at timestamptz;
    /* A failed attempt used to wait as "sending". */
    update messages set status = 'retrying', first_attempt_at = created_at
      where status = 'sending' and attempts > 0;
    create unique index messages_one_digest_a_day on messages (person_id, local_date) where kind = 'digest';
    drop index messages_next_attempt_at_idx;
    create index messages_under_way on messages (next_attempt_at) where status in ('queued', 'sending', 'retrying');
    create index messages_held on messages (person_id) where status = 'held';
    create index messages_claimed_at on messages (claimed_at);
    create index messages_to_address on messages (lower(to_address), claimed_at) where to_address is not null;

    /* Addresses that nothing is sent to any more; always in lower case. */
    create table suppressions (
      id uuid primary key,
      address text not null unique,
      reason text not null check (reason in ('refused', 'bounced')),
      since timestamptz not null,
      detail text not null,
      message_id uuid
    );

    /* One row at most: while it stands, the mail server is asked once a minute. */
    create table mail_breaker (
      single boolean primary key default true check (single),
      reason text not null check (reason in ('signIn', 'server')),
      detail text not null,
      since timestamptz not null,
      tried_at timestamptz not null
    );

    /* One row at most; without it mail goes out as usual. */
    create table mail_settings (
      single boolean primary key default true check (single),
      version integer not null,
      per_hour integer not null,
      paused_since timestamptz,
      paused_reason text,
      /* Null: mail goes to everybody. */
      trial_addresses jsonb,
      updated_at timestamptz not null
    );
    create table mail_settings_changes (
      version integer primary key,
      actor jsonb not null,
      recorded_at timestamptz not null,
      settings jsonb not null
    );
    insert into mail_settings (version, per_hour, paused_since, paused_reason, updated_at)
      select 1, 5000, since, reason, since from mail_hold;
    drop table mail_hold;

    /* When each piece of regular work was last done. */
    create table heartbeats (
      name text primary key,
      at timestamptz not null
    );
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table mail_hold (
      single boolean primary key default true check (single),
      since timestamptz not null,
      reason text not null
    );
    insert into mail_hold (since, reason)
      select paused_since, coalesce(paused_reason, 'Paused.') from mail_settings where paused_since is not null;
    drop table heartbeats, mail_settings_changes, mail_settings, mail_breaker, suppressions;

    update reminders set status = 'scheduled' where status = 'retrying';
    update reminders set status = 'failed' where status = 'bounced';
    /* What waited in a message waits for the next digest again, where there is room for one a day only. */
    update reminders r set message_id = null from messages m
      where m.id = r.message_id and (m.kind = 'atOnce' or m.status = 'held');
    update reminders set status = 'scheduled', reason = null
      where status = 'held' and person_id is not null and message_id is null;
    delete from messages where kind = 'atOnce' or status = 'held';
    update messages set status = 'sending' where status = 'retrying';
    update messages set status = 'failed' where status = 'bounced';
    drop index messages_one_digest_a_day, messages_under_way, messages_held, messages_claimed_at, messages_to_address;
    alter table messages drop column kind, drop column reason, drop column to_address,
      drop column first_attempt_at, drop column last_fault, drop column smtp_code, drop column smtp_enhanced,
      drop column reported, drop column reported_at;
    alter table messages drop constraint messages_status_check;
    alter table messages add constraint messages_status_check
      check (status in ('queued', 'sending', 'sent', 'failed', 'dropped'));
    alter table messages add constraint messages_person_id_local_date_key unique (person_id, local_date);
    create index messages_next_attempt_at_idx on messages (next_attempt_at) where status in ('queued', 'sending');
    alter table reminders drop constraint reminders_status_check;
    alter table reminders add constraint reminders_status_check
      check (status in ('scheduled', 'sent', 'dropped', 'held', 'failed'));
  `.execute(db);
}
