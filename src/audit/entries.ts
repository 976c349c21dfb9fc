import type { Actor } from '../actor.ts';
import type { DbOrTrx } from '../context.ts';
import { instantOf } from '../db/instant.ts';
import type { PolicyRow } from '../policy/table.ts';
import { whereCan } from '../policy/where.ts';
import type { AuditEntry } from './leaves.ts';

/** What was witnessed, with the seal that holds it. */
export const selectEntries = (db: DbOrTrx) =>
  db
    .selectFrom('auditEntries as a')
    .select(['a.id', 'a.at', 'a.kind', 'a.actor', 'a.requestId', 'a.detail', 'a.sealedOn'])
    .select('a.planningYearId as planningYear');

/** Those within the actor's reach: what is of no planning year, only with a role for every program. */
export const selectReached = (db: DbOrTrx, actor: Actor, policy: PolicyRow) =>
  selectEntries(db)
    .leftJoin('planningYears as y', 'y.id', 'a.planningYearId')
    .where((eb) =>
      whereCan(eb, actor, policy, {
        program: 'y.program',
        district: 'y.districtCode',
        school: 'y.organizationCode',
      }),
    );

/** A row of {@link selectEntries} as it is told, exported and sealed. */
export const entryOf = <Row extends Omit<AuditEntry, 'at'> & { at: Date }>(row: Row) => ({
  ...row,
  at: instantOf(row.at),
});
