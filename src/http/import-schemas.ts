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
export const csvBody = z
  .string()
  .describe(
    'A CSV file in UTF-8, its first line the names of the columns, in any order, case and spelling (`school_name`, `School Name`, `School.Name`). Commas, semicolons, tabs or bars between cells, a line `sep=;`, any line ends, empty columns at the right, empty rows, and row numbers in a first column without a name are taken; so are `210.0` for a whole number, `2026-10-15 00:00:00` for a day, true, yes, Y, T and 1 for what is so, and NA, N/A, NaN, NULL, None and NaT for an empty cell. What a spreadsheet has made something else of (dates of grades, rounded codes, formulas, days such as 10/15/2026) is refused by row and column, with what to do.',
  );
