import { type Kysely, sql } from 'kysely';

/** After a restore no mail goes out until somebody says so. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    /* One row at most: while it stands, all mail is held. */
    create table mail_hold (
      single boolean primary key default true check (single),
      since timestamptz not null,
      reason text not null
    )`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table mail_hold`.execute(db);
}
