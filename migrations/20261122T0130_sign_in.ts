import { type Kysely, sql } from 'kysely';

/** People sign in: through the state's provider or by a link in a mail. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    /* Who signs in through a provider. Without a subject: marked for it, and not yet seen. */
    create table identities (
      person_id uuid primary key references people on delete cascade,
      issuer text not null,
      subject text,
      pinned_at timestamptz,
      marked_by text not null,
      marked_at timestamptz not null,
      version integer not null default 1,
      unique (issuer, subject)
    );

    /* One way to sign in, once, in the browser that began it. */
    create table sign_in_attempts (
      id uuid primary key,
      way text not null check (way in ('link', 'provider')),
      email text,
      browser_hash bytea not null,
      secret_hash bytea unique,
      person_id uuid references people on delete cascade,
      begun_at timestamptz not null,
      expires_at timestamptz not null,
      used_at timestamptz,
      check ((way = 'link') = (email is not null))
    );
    create index on sign_in_attempts (expires_at);
    create index on sign_in_attempts (lower(email), begun_at);

    create table sessions (
      id uuid primary key,
      token_hash bytea not null unique,
      person_id uuid not null references people on delete cascade,
      way text not null check (way in ('link', 'provider')),
      browser text not null,
      created_at timestamptz not null,
      last_seen_at timestamptz not null,
      expires_at timestamptz not null,
      ended_at timestamptz
    );
    create index on sessions (person_id) where ended_at is null;
    create index on sessions (expires_at);

    /* The key that this one takes the place of; both are good until the older one ends. */
    alter table api_keys add replaces uuid references api_keys on delete set null;
    create index on api_keys (replaces)`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table api_keys drop replaces;
    drop table sessions, sign_in_attempts, identities`.execute(db);
}
