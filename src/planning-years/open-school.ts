import type { DbOrTrx } from '../context.ts';
import { ConflictError } from '../errors.ts';
import { closedInWords, closedSchools } from '../schools/closed.ts';
import type { YearRow } from './store.ts';

/**
 * A school that has closed, merged or got a new code has no year of its own to go on with.
 * @throws ConflictError
 */
export async function requireOpenSchool(
  db: DbOrTrx,
  { organizationKind, organizationCode: code }: YearRow,
): Promise<void> {
  const closed =
    organizationKind === 'school' ? (await closedSchools(db, [code])).get(code) : undefined;
  if (!closed) return;
  throw new ConflictError(
    'school-closed',
    `Its year stays withdrawn: ${closedInWords(code, closed)}. Open a planning year for a school that goes on.`,
  );
}
