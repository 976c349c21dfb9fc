import { z } from 'zod';

/** What every import has in common. */

export const rejectedRow = z
  .strictObject({
    row: z.int().describe('Line of the spreadsheet; the header is 1'),
    code: z.string().describe('Stable name of the fault'),
    detail: z.string(),
  })
  .meta({
    id: 'RejectedRow',
    examples: [{ row: 7, code: 'bad-number', detail: 'enrollment "12x" is no whole number' }],
  });

/** What every import tells of rows that it left out. */
export const leftOut = {
  rejected: z
    .array(rejectedRow)
    .describe('Rows left out, with `partial=true`; the first 1,000 of them'),
  rejectedTotal: z.int().describe('How many rows were left out'),
};

/** A flag in a query: `true` or `false`. */
const flag = z.enum(['true', 'false']).default('false');

export const importQuery = {
  dryRun: flag.describe('`true`: say what would happen, and change nothing'),
  partial: flag.describe('`true`: take the good rows although others are bad'),
};

/** Most changes that an import tells of one by one. */
export const MOST_CHANGES = 1000;

/** A file's text. */
export const csvBody = z.string().describe('A CSV file, UTF-8, with a header.');
