import { sql } from 'kysely';
import type { Trx } from '../context.ts';
import { plain, type Table } from './catalog.ts';
import { BrokenBackupError } from './errors.ts';

/**
 * Inserts rows of a backup, each an array of texts in the order of `columns`. Triggers and checks
 * hold for them as for any others.
 *
 * @throws BrokenBackupError when the database refuses them
 */
export async function insertRows(
  trx: Trx,
  table: Table,
  columns: string[],
  json: string,
): Promise<void> {
  const types = new Map(table.columns.map(({ name, type }) => [name, type]));
  const values = columns.map((column, at) => valueAt(at, types.get(column)!));
  try {
    await sql`
      insert into ${sql.table(table.name)} (${sql.join(columns.map(sql.ref))})
      overriding system value
      select ${sql.join(values)} from jsonb_array_elements(${json}::jsonb) as line (texts)`.execute(
      plain(trx),
    );
  } catch (error) {
    throw explained(error, table.name);
  }
}

/** Ids of transactions mean nothing in another database: here, this one has written the row. */
const valueAt = (at: number, type: string) => {
  const text = sql`(texts->>${sql.lit(at)})`;
  return type === 'xid8'
    ? sql`case when ${text} is not null then pg_current_xact_id() end`
    : sql`${text}::${sql.raw(type)}`;
};

/** Bad values (class 22) and broken rules (class 23) come from the file. */
function explained(error: unknown, table: string): unknown {
  const { code = '', message } = error as { code?: string; message: string };
  return /^2[23]/.test(code)
    ? new BrokenBackupError(`rows of ${table} are refused (${message})`, { cause: error })
    : error;
}
