import { once } from 'node:events';
import { Readable } from 'node:stream';
import { sql } from 'kysely';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { csvLine } from './csv.ts';
import { milestoneRows } from './milestones.ts';
import { MILESTONE_COLUMNS, type MilestonesQuery } from './schemas.ts';

/**
 * All matching rows as one CSV file, as of one moment, made while it is read: a slow reader holds up
 * the reading of the database, and nothing heaps up. Whoever breaks off ends the transaction.
 *
 * Resolves once the first rows are there, so that what is wrong from the start can still be told.
 */
export async function milestoneCsv(
  ctx: Context,
  actor: Actor,
  query: MilestonesQuery,
): Promise<Readable> {
  const file = Readable.from(chunks(ctx, actor, query), { objectMode: false });
  await once(file, 'readable');
  return file;
}

async function* chunks(ctx: Context, actor: Actor, query: MilestonesQuery): AsyncGenerator<string> {
  const trx = await ctx.db
    .startTransaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute();
  try {
    await sql`set local idle_in_transaction_session_timeout = ${sql.lit(PATIENCE)}`.execute(trx);
    let text = csvLine(MILESTONE_COLUMNS);
    for await (const rows of milestoneRows(ctx, trx, actor, query, null, BATCH)) {
      for (const { row } of rows) text += csvLine(MILESTONE_COLUMNS.map((column) => row[column]));
      if (text !== '') yield text;
      text = '';
    }
  } finally {
    // Nothing was written; a connection that is lost takes its transaction along.
    await trx
      .rollback()
      .execute()
      .catch(() => {});
  }
}

/** How long a reader may stand still. */
const PATIENCE = '5min';
/** Planning years read at once: some 600 kB of text. */
const BATCH = 200;
