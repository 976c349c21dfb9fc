import { UnprocessableError } from '../errors.ts';
import type { Rejected } from './csv.ts';

/**
 * A file is taken whole or not at all, unless the caller asks for its good rows.
 *
 * @param faults what reading the file has found, what holding it against the database has
 * @returns the rows left out, in the file's order
 * @throws UnprocessableError with every rejected row
 */
export function wholeOrNot(partial: 'true' | 'false', ...faults: Rejected[][]): Rejected[] {
  const rejected = faults.flat().sort((a, b) => a.row - b.row);
  if (rejected.length === 0 || partial === 'true') return rejected;
  throw new UnprocessableError(
    'rows-rejected',
    `Nothing was taken: ${rejected.length} rows are bad. Correct them, or send the file with partial=true to take the others.`,
    { rejected },
  );
}
