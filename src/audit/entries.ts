import type { DbOrTrx } from '../context.ts';
import type { AuditEntry } from './leaves.ts';

/** What was witnessed, with the seal that holds it. */
export const selectEntries = (db: DbOrTrx) =>
  db
    .selectFrom('auditEntries as a')
    .select(['a.id', 'a.at', 'a.kind', 'a.actor', 'a.requestId', 'a.detail', 'a.sealedOn'])
    .select('a.planningYearId as planningYear');

/** A row of {@link selectEntries} as it is told, exported and sealed. */
export const entryOf = <Row extends Omit<AuditEntry, 'at'> & { at: Date }>(row: Row) => ({
  ...row,
  at: row.at.toISOString(),
});
