import { type Kysely, sql } from 'kysely';

/** Contracts tell when they changed, as assignments do: their people come and go with them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table contracts add column changed_in xid8 not null default pg_current_xact_id();
    create index on contracts (changed_in);
    create index on contracts (vendor_code);
    create trigger contract_changed before update on contracts
      for each row execute function assignment_changed();
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop trigger contract_changed on contracts;
    drop index contracts_vendor_code_idx;
    alter table contracts drop column changed_in;
  `.execute(db);
}
