import { type Kysely, sql } from 'kysely';

/** A sealed head tells whose planning year it is of; those of earlier seals stay as they were sealed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table sealed_heads add belongs_to jsonb;
    create trigger seals_are_never_truncated before truncate on seals
      for each statement execute function audit_is_append_only();
    create trigger sealed_heads_are_never_truncated before truncate on sealed_heads
      for each statement execute function audit_is_append_only()`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop trigger sealed_heads_are_never_truncated on sealed_heads;
    drop trigger seals_are_never_truncated on seals;
    alter table sealed_heads drop belongs_to`.execute(db);
}
