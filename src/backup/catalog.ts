import { sql } from 'kysely';
import type { DbOrTrx } from '../context.ts';

/** A table of ours, as the database itself describes it. */
export interface Table {
  name: string;
  /** All but the generated ones, in their order. */
  columns: { name: string; type: string }[];
  primaryKey: string[];
  /** Its foreign keys: their names, the tables that they point to, and whether they can wait. */
  references: { key: string; table: string; deferrable: boolean }[];
}

/**
 * Every table that the migrations have made, such that each comes after those it points to as far as
 * that is possible. The queue's tables stand in a schema of their own; Kysely's record of the
 * migrations is told apart, by {@link appliedMigrations}, and who may write follows from these.
 */
export async function readTables(db: DbOrTrx): Promise<Table[]> {
  const { rows } = await sql<Table>`
    select c.relname as name,
      (select json_agg(json_build_object('name', a.attname,
          'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum)
        from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      ) as columns,
      array(select a.attname::text from pg_index i, unnest(i.indkey) with ordinality k (attnum, at)
        join pg_attribute a using (attnum)
        where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid order by k.at
      ) as "primaryKey",
      array(select json_build_object('key', f.conname, 'table', r.relname,
          'deferrable', f.condeferrable)
        from pg_constraint f join pg_class r on r.oid = f.confrelid
        where f.conrelid = c.oid and f.contype = 'f' order by f.conname
      ) as "references"
    from pg_class c
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
      and not c.relispartition and c.relname not like 'kysely\_migration%' and c.relname <> 'writers'
    order by c.relname`.execute(plain(db));
  return inLoadingOrder(rows);
}

/** Names of the migrations that have been applied, oldest first; none in a new database. */
export async function appliedMigrations(db: DbOrTrx): Promise<string[]> {
  const { rows: found } = await sql<{ there: boolean }>`
    select to_regclass('kysely_migration') is not null as there`.execute(plain(db));
  if (!found[0]?.there) return [];
  const { rows } = await sql<{ name: string }>`
    select name from kysely_migration order by name`.execute(plain(db));
  return rows.map(({ name }) => name);
}

/** The counters behind identity and serial columns. */
export async function readSequences(db: DbOrTrx) {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_class c
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'S'
    order by c.relname`.execute(plain(db));
  const counters: { name: string; lastValue: string; isCalled: boolean }[] = [];
  for (const { name } of rows) {
    const { rows } = await sql<{ lastValue: string; isCalled: boolean }>`
      select last_value::text as "lastValue", is_called as "isCalled"
      from ${sql.table(name)}`.execute(plain(db));
    counters.push({ name, ...rows[0]! });
  }
  return counters;
}

/** Names and columns are the database's own here: no plugin may rename them. */
export const plain = <T extends DbOrTrx>(db: T): T => db.withoutPlugins() as T;

function inLoadingOrder(tables: Table[]): Table[] {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const ordered = new Set<Table>();
  const visited = new Set<Table>();
  const visit = (table: Table): void => {
    if (visited.has(table)) return;
    visited.add(table);
    for (const { table: name } of table.references) {
      const target = byName.get(name);
      if (target) visit(target);
    }
    ordered.add(table);
  };
  for (const table of tables) visit(table);
  return [...ordered];
}
