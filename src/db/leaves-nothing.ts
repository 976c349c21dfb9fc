import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '../context.ts';

/**
 * Tells everybody, from here to its end, that this transaction changes nothing that lasts: it writes
 * temporary tables alone, or is taken back for certain. Whoever waits for what was begun before to end
 * need not wait for it.
 */
export const leavesNothing = (trx: Trx) =>
  sql`select pg_advisory_xact_lock_shared(${LEAVES_NOTHING})`.execute(trx);

/** An arbitrary number that nothing else locks. */
const LEAVES_NOTHING = 1_026_112_801;

/**
 * The oldest transaction that may still change something here; all before it have ended. Left out of
 * account are those of the server's other databases, and those that have said so themselves, as long
 * as they hold their lock on that.
 */
export const oldestWriter: RawBuilder<string> = sql<string>`(
  select coalesce((
    select min(x.id) from pg_snapshot_xip(s.now) x (id)
    where x.id::xid not in (
      select w.transactionid
      from pg_locks l join pg_locks w using (virtualtransaction)
      where l.locktype = 'advisory' and l.classid = 0 and l.objid = ${LEAVES_NOTHING}
        and l.objsubid = 1
        and l.database = (select oid from pg_database where datname = current_database())
        and w.locktype = 'transactionid' and w.mode = 'ExclusiveLock' and w.granted
      union all
      select w.transactionid
      from pg_locks w join pg_stat_activity a using (pid)
      where w.locktype = 'transactionid' and w.mode = 'ExclusiveLock' and w.granted
        and a.datid <> (select oid from pg_database where datname = current_database()))
    ), pg_snapshot_xmax(s.now))::text
  from (select pg_current_snapshot() as now) s)`;
