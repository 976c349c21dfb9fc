import { sql } from 'kysely';
import type { Trx } from '../context.ts';
import { plain, readTables, type Table } from './catalog.ts';
import { emptyTables } from './empty-tables.ts';
import { BrokenBackupError } from './errors.ts';
import { withWaitingKeys } from './foreign-keys.ts';
import type { Header, Trailer } from './format.ts';
import { insertRows } from './insert-rows.ts';
import type { Part, Signer } from './read-backup.ts';

/**
 * Puts the rows of a backup into the tables of its own schema, in the place of whatever they hold.
 *
 * @param parts what follows the header
 * @returns the trailer, who signed the file, and the tables that the schema lacks: no migration made them, so they were
 * somebody else's
 * @throws BrokenBackupError
 */
export async function load(
  trx: Trx,
  header: Header,
  parts: AsyncGenerator<Part, void>,
): Promise<{ trailer: Trailer; signer: Signer; leftOut: string[] }> {
  const here = await readTables(trx);
  const sections = sectionsOf(header, here);
  const present = [...sections.values()].flatMap(({ table }) => table ?? []);
  let trailer: Trailer | null = null;
  let signer: Signer = null;
  // The file brings the counts that triggers would otherwise keep: see migrations/*_reports.ts.
  await sql`set local planning_year.counting = 'off'`.execute(trx);
  await emptyTables(trx, here);
  await withWaitingKeys(trx, present, async () => {
    for await (const part of parts) {
      if (part.kind === 'trailer') ({ trailer, signer } = part);
      if (part.kind !== 'rows') continue;
      const section = sections.get(part.table);
      if (!section) throw new BrokenBackupError(`its header lacks the table ${part.table}`);
      if (section.table) await insertRows(trx, section.table, section.columns, part.json);
    }
  });
  await sql`set local planning_year.counting = 'on'`.execute(trx);
  await setSequences(trx, header);
  const leftOut = [...sections].flatMap(([name, { table }]) => (table ? [] : [name]));
  return { trailer: withoutRowsOf(leftOut, trailer!), signer, leftOut };
}

interface SectionHere {
  columns: string[];
  /** Null where the schema has no such table. */
  table: Table | null;
}

/** The file's tables, in its order; its schema must be the one that the migrations make. */
function sectionsOf(header: Header, here: Table[]): Map<string, SectionHere> {
  const byName = new Map(here.map((table) => [table.name, table]));
  const sections = new Map(
    header.tables.map(({ name, columns }) => [name, { columns, table: byName.get(name) ?? null }]),
  );
  for (const { name, columns } of here) {
    const told = new Set(sections.get(name)?.columns);
    if (told.size !== columns.length || columns.some((column) => !told.has(column.name)))
      throw new BrokenBackupError(`${name} has other columns in it than its migrations make`);
  }
  return sections;
}

async function setSequences(trx: Trx, { sequences }: Header): Promise<void> {
  for (const { name, lastValue, isCalled } of sequences)
    await sql`
      select setval(c.oid::regclass, ${lastValue}::bigint, ${isCalled}) from pg_class c
      where c.relnamespace = current_schema()::regnamespace and c.relkind = 'S'
        and c.relname = ${name}`.execute(plain(trx));
}

const withoutRowsOf = (tables: string[], { rows, heads }: Trailer): Trailer => ({
  heads,
  rows: Object.fromEntries(Object.entries(rows).filter(([name]) => !tables.includes(name))),
});
