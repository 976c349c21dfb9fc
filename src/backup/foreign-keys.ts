import { sql } from 'kysely';
import type { Trx } from '../context.ts';
import { plain, type Table } from './catalog.ts';

/**
 * Lets the foreign keys wait for the end that point to a table that is loaded later, or to their own:
 * `act` may then insert in the order given. They hold again when this returns.
 */
export async function withWaitingKeys(
  trx: Trx,
  tables: Table[],
  act: () => Promise<void>,
): Promise<void> {
  const loaded = new Map(tables.map(({ name }, at) => [name, at]));
  const backward = tables.flatMap((table, at) =>
    table.references
      .filter((to) => !to.deferrable && loaded.get(to.table)! >= at)
      .map(({ key }) => ({ table: table.name, key })),
  );
  const alter = async (how: string) => {
    for (const { table, key } of backward)
      await sql`
        alter table ${sql.table(table)} alter constraint ${sql.ref(key)} ${sql.raw(how)}`.execute(
        plain(trx),
      );
  };
  await alter('deferrable initially deferred');
  await sql`set constraints all deferred`.execute(trx);
  await act();
  await sql`set constraints all immediate`.execute(trx);
  await alter('not deferrable');
}
