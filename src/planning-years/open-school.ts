import type { DbOrTrx } from '../context.ts';
import { ConflictError } from '../errors.ts';
import type { YearRow } from './store.ts';

/**
 * A school that has closed, merged or got a new code has no year of its own to go on with.
 * @throws ConflictError
 */
export async function requireOpenSchool(
  db: DbOrTrx,
  { organizationKind, organizationCode }: YearRow,
): Promise<void> {
  if (organizationKind !== 'school') return;
  const closed = await db
    .selectFrom('schools')
    .select(['closedOn', 'successor'])
    .where('code', '=', organizationCode)
    .where('closedOn', 'is not', null)
    .executeTakeFirst();
  if (!closed) return;
  const { closedOn, successor } = closed;
  const instead = successor ? ` Open a planning year for ${successor}, which goes on for it.` : '';
  throw new ConflictError('school-closed', `This school is closed since ${closedOn}.${instead}`);
}
