import { type Kysely, sql } from 'kysely';

/** Mail on people's terms: their preferences, their calendar feeds, and links that stop a mail. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    /* Only of people who have said something; null: as the program has it. */
    create table preferences (
      person_id uuid primary key references people on delete cascade,
      zone text,
      digest_at text check (digest_at ~ '^([01]\\d|2[0-3]):[0-5]\\d$'),
      language text,
      /* Kinds of reminders, as program/rule. */
      switched_off text[] not null default '{}',
      version integer not null,
      updated_at timestamptz not null
    );
    create index preferences_terms on preferences (zone, digest_at);
    create index preferences_switched_off on preferences (person_id) where switched_off <> '{}';

    create table feeds (
      id uuid primary key,
      person_id uuid not null references people on delete cascade,
      token_hash bytea not null unique,
      label text not null,
      created_at timestamptz not null,
      revoked_at timestamptz
    );
    create index on feeds (person_id, id);

    /* Random values that signatures are made with, by purpose. */
    create table secrets (
      purpose text primary key,
      value bytea not null,
      created_at timestamptz not null
    );

    create index reminders_waiting on reminders (person_id)
      where status = 'scheduled' and message_id is null and delivery = 'digest';
    create index reminders_at_once on reminders (person_id)
      where status = 'scheduled' and message_id is null and delivery = 'atOnce';
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop index reminders_waiting, reminders_at_once;
    drop table secrets, feeds, preferences;
  `.execute(db);
}
