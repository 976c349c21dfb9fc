import { UnprocessableError } from '../errors.ts';
import type { Rejected } from './csv.ts';

/** The rows of a file that were left out, in the file's order: the first thousand, and how many they are. */
export interface LeftOut {
  rejected: Rejected[];
  rejectedTotal: number;
}

/** Most rejected rows that a reply lists. */
const MOST = 1_000;

/**
 * A file is taken whole or not at all, unless the caller asks for its good rows.
 *
 * @param faults what reading the file has found, what holding it against the database has
 * @throws UnprocessableError with the rejected rows
 */
export function wholeOrNot(partial: 'true' | 'false', ...faults: Rejected[][]): LeftOut {
  const all = faults.flat().sort((a, b) => a.row - b.row);
  const leftOut = { rejected: all.slice(0, MOST), rejectedTotal: all.length };
  if (all.length === 0 || partial === 'true') return leftOut;
  throw new UnprocessableError(
    'rows-rejected',
    `Nothing was taken: ${all.length} rows are bad. Correct them, or send the file with partial=true to take the others.`,
    { ...leftOut },
  );
}
