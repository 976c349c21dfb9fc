import { sql } from 'kysely';
import type { Db } from '../context.ts';

/**
 * Tables whose rows stay as they were written. A column that is named may be filled in once, which a
 * trigger watches over.
 */
export const APPEND_ONLY: Readonly<Record<string, readonly string[]>> = {
  audit_entries: ['sealed_on'],
  calendar_versions: [],
  log_entries: [],
  mail_settings_changes: [],
  school_acts: [],
  sealed_heads: [],
  seals: [],
  secrets: [],
  year_parameter_changes: [],
};

/** Tables that a server takes no row from. Commands that remove a demonstration do, as the owner. */
export const NEVER_DELETED: readonly string[] = [
  'api_keys',
  'contracts',
  'districts',
  'interventions',
  'job_items',
  'jobs',
  'people',
  'planning_years',
  'schools',
  'tasks',
  'vendors',
  'year_parameters',
];

/** Columns that no server changes once their row is written. */
export const FIXED: Readonly<Record<string, readonly string[]>> = {
  planning_years: ['id', 'program', 'year', 'organization_kind', 'opened_on', 'demo'],
};

/** Tables that only the owner writes: Kysely's record of the migrations. */
const OWNERS: Readonly<Record<string, string>> = {
  kysely_migration: 'select',
  kysely_migration_lock: '',
  writers: 'select',
};

/** The schema of the queue. */
const QUEUE = 'queue';

/**
 * Gives the role that serves what it needs, and takes all else from it. Every table of the two schemas
 * is covered, so one that a migration has just made is, too. It can't truncate, alter, drop or make
 * a table, nor switch a trigger off: for that one has to own them.
 *
 * @param db a connection of the owner
 */
export async function grantServing(db: Db, role: string): Promise<void> {
  const to = sql.id(role);
  await db.transaction().execute(async (trx) => {
    // Of two that grant at once one would fail.
    await sql`select pg_advisory_xact_lock(hashtext('grants'))`.execute(trx);
    const { rows: own } = await sql<{ name: string }>`
      select current_schema() as name`.execute(trx);
    for (const schema of [own[0]!.name, QUEUE]) {
      const named = sql.id(schema);
      await sql`
        revoke all on all tables in schema ${named} from ${to};
        revoke all on schema ${named} from ${to};
        grant usage on schema ${named} to ${to};
        grant usage, select on all sequences in schema ${named} to ${to}`.execute(trx);
    }
    await sql`
      grant select, insert, update, delete on all tables in schema ${sql.id(QUEUE)} to ${to}`.execute(
      trx,
    );
    const { rows: tables } = await sql<{ name: string; columns: string[] }>`
      select c.relname as name, array(
        select a.attname::text from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum) as columns
      from pg_class c
      where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
      order by c.relname`.execute(trx);
    for (const { name, columns } of tables) {
      // Rights on single columns of an earlier release.
      const all = sql.join(columns.map((column) => sql.id(column)));
      await sql`revoke update (${all}) on ${sql.id(name)} from ${to}`.execute(trx);
      const rights = rightsOn(name, columns);
      if (rights !== '')
        await sql`grant ${sql.raw(rights)} on ${sql.id(name)} to ${to}`.execute(trx);
    }
  });
}

/** As `grant` takes them; empty: none. */
function rightsOn(table: string, columns: readonly string[]): string {
  const owners = OWNERS[table];
  if (owners !== undefined) return owners;
  const rights = ['select', 'insert'];
  const filledIn = APPEND_ONLY[table];
  if (filledIn) return [...rights, ...updateOf(filledIn)].join(', ');
  const fixed = FIXED[table];
  rights.push(
    ...(fixed ? updateOf(columns.filter((column) => !fixed.includes(column))) : ['update']),
  );
  if (!NEVER_DELETED.includes(table)) rights.push('delete');
  return rights.join(', ');
}

const updateOf = (columns: readonly string[]): string[] =>
  columns.length === 0 ? [] : [`update (${columns.map((column) => `"${column}"`).join(', ')})`];
