import type { DbOrTrx } from '../context.ts';
import { ConflictError } from '../errors.ts';
import { closedSchools } from '../schools/store.ts';
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
  const { closedOn, successor } = closed;
  const instead = successor ? ` Open a planning year for ${successor}, which goes on for it.` : '';
  throw new ConflictError('school-closed', `This school is closed since ${closedOn}.${instead}`);
}
