import { type Kysely, sql } from 'kysely';

/** Mails with a link to sign in are counted for each address and each asker. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table sign_in_attempts
      /* A keyed digest of the network address that asked; null with the provider. */
      add column asker bytea,
      /* How many mails with its link have been made. */
      add column mails integer not null default 0`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table sign_in_attempts drop column asker, drop column mails`.execute(db);
}
