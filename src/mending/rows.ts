import { type RawBuilder, sql } from 'kysely';
import type { Context } from '../context.ts';

/** Tables whose rows others of this room mend, or nobody may. */
const LEFT = ['quarantine', 'seals'];

/** Whether the database itself keeps a table's rows from being changed; `table` is its name. */
const isAppendOnly = (table: RawBuilder<string>) => sql<boolean>`
  exists (
    select from pg_trigger g join pg_proc f on f.oid = g.tgfoid
    where g.tgrelid = to_regclass(quote_ident(${table})) and f.proname like '%append_only')`;

/** What schools, people and mails could mean. */
const [FIRST, LAST] = ['1900-01-01', '2199-12-31'];

/**
 * Gives every row an instant and a date where it holds one that is none, such as `infinity`: what may be
 * empty is, and what must be there is today's.
 *
 * @returns what was done, by table and column
 */
export async function mendRows({ db, clock }: Pick<Context, 'db' | 'clock'>): Promise<string[]> {
  const { rows: columns } = await sql<Column>`
    select table_name as table, column_name as column, data_type as type,
      is_nullable = 'YES' as "mayBeNull"
    from information_schema.columns join information_schema.tables t using (table_schema, table_name)
    where table_schema = current_schema() and t.table_type = 'BASE TABLE'
      and data_type in ('date', 'timestamp with time zone')
      and table_name <> all(${LEFT}::text[]) and table_name not like 'kysely%'
      and not ${isAppendOnly(sql`table_name`)}
    order by table_name, ordinal_position`.execute(db.withoutPlugins());
  const done: string[] = [];
  for (const { table, column, mayBeNull } of columns) {
    const name = sql.ref(column);
    const { numAffectedRows } = await sql`
      update ${sql.table(table)} set ${name} = ${mayBeNull ? sql`null` : sql`${clock.now()}`}
      where ${name} not between ${FIRST} and ${LAST}`.execute(db.withoutPlugins());
    if (numAffectedRows) done.push(`${table}.${column} of ${numAffectedRows}`);
  }
  return done;
}

interface Column {
  table: string;
  column: string;
  type: string;
  mayBeNull: boolean;
}
