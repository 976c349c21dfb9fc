import { once } from 'node:events';
import { Readable } from 'node:stream';
import type { Actor } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import { asOfOneMoment } from '../db/one-moment.ts';
import { csvLine } from './csv.ts';
import { milestoneRows } from './milestones.ts';
import { MILESTONE_COLUMNS, type MilestonesQuery } from './schemas.ts';

/**
 * All matching rows as one CSV file, as of one moment, made while it is read: a slow reader holds up
 * the reading of the database, and nothing heaps up.
 *
 * Resolves once the first rows are there, so that what is wrong from the start can still be told.
 */
export async function milestoneCsv(
  ctx: Context,
  actor: Actor,
  query: MilestonesQuery,
): Promise<Readable> {
  const lines = asOfOneMoment(ctx.db, (trx) => chunks(ctx, trx, actor, query));
  const file = Readable.from(lines, { objectMode: false });
  await once(file, 'readable');
  return file;
}

async function* chunks(
  ctx: Context,
  trx: Trx,
  actor: Actor,
  query: MilestonesQuery,
): AsyncGenerator<string> {
  let text = csvLine(MILESTONE_COLUMNS);
  for await (const rows of milestoneRows(ctx, trx, actor, query, null, BATCH)) {
    for (const { row } of rows) text += csvLine(MILESTONE_COLUMNS.map((column) => row[column]));
    if (text !== '') yield text;
    text = '';
  }
}

/** Planning years read at once: some 600 kB of text. */
const BATCH = 200;
