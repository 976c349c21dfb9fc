import { type Kysely, sql } from 'kysely';

/** The mail with a link to sign in is tried again while the link holds. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table sign_in_attempts
      add column tries integer not null default 0,
      /* Null: there is no mail to send, or none any more. */
      add column next_try_at timestamptz;
    create index sign_in_attempts_to_mail on sign_in_attempts (next_try_at) where next_try_at is not null;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop index sign_in_attempts_to_mail;
    alter table sign_in_attempts drop column tries, drop column next_try_at;
  `.execute(db);
}
