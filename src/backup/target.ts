import { sql } from 'kysely';
import type { Trx } from '../context.ts';
import { plain, readTables } from './catalog.ts';
import { BackupRefusedError } from './errors.ts';

/**
 * What starts, scans and visitors leave behind without anybody's work, by table: such rows don't make
 * a database one that is in use. A restore replaces them.
 */
export const BY_ITSELF: Readonly<Record<string, string>> = {
  calendar_versions: 'true',
  count_deltas: 'true',
  cron_ticks: 'true',
  idempotency_keys: 'true',
  kept_counts: 'true',
  heartbeats: 'true',
  mail_breaker: 'true',
  mail_settings: 'true',
  mail_settings_changes: 'true',
  quarantine: 'true',
  reminder_scans: 'true',
  secrets: 'true',
  sign_in_attempts: 'true',
  // Of an empty database, or of a demonstration that is gone: what they tell of stands nowhere.
  audit_entries: 'true',
  seals: 'true',
  // The administrator's key, which the next start makes anew.
  api_keys: "created_by = 'start'",
};

/** @throws BackupRefusedError when a server or a worker uses the database at this moment */
export async function requireNobodyElse(trx: Trx): Promise<void> {
  const { rows } = await sql<{ others: number }>`
    select count(*)::int as others from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
      and application_name like 'planning-year%'`.execute(trx);
  if (rows[0]?.others !== 0)
    throw new BackupRefusedError(
      'A server or a worker of the planning year uses the database. Stop it, then restore again.',
    );
}

/** @throws BackupRefusedError when somebody's work stands in the database */
export async function requireEmpty(trx: Trx): Promise<void> {
  const used: string[] = [];
  for (const { name } of await readTables(trx)) {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from ${sql.table(name)}
      where not (${sql.raw(BY_ITSELF[name] ?? 'false')})`.execute(plain(trx));
    if (rows[0]?.count !== 0) used.push(`${name} ${rows[0]?.count}`);
  }
  if (used.length > 0)
    throw new BackupRefusedError(
      `The database is not empty (${used.join(', ')}). Restore into a new one; where only the demonstration stands in the way, add --replace-demo or run npm run demo:clear before.`,
    );
}
