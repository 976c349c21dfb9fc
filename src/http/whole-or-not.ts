import { UnprocessableError } from '../errors.ts';
import type { Rejected } from './csv.ts';

/**
 * A file is taken whole or not at all, unless the caller asks for its good rows.
 * @throws UnprocessableError with every rejected row
 */
export function wholeOrNot(rejected: Rejected[], partial: 'true' | 'false'): void {
  if (rejected.length === 0 || partial === 'true') return;
  throw new UnprocessableError(
    'rows-rejected',
    `Nothing was taken: ${rejected.length} rows are bad. Correct them, or send the file with partial=true to take the others.`,
    { rejected },
  );
}
