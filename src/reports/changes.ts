import { sql } from 'kysely';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Db } from '../context.ts';
import { oldestWriter } from '../db/leaves-nothing.ts';
import { CursorExpiredError } from '../errors.ts';
import type { Cursors } from '../http/cursors.ts';
import { whereCan } from '../policy/where.ts';

export interface Changes {
  data: {
    planningYear: string;
    program: string;
    year: string;
    school: string | null;
    district: string;
    version: number;
    status: 'active' | 'done' | 'withdrawn';
    changedAt: string;
  }[];
  nextCursor: string;
}

/**
 * The planning years that have changed since a call before, each once, the one that changed first in
 * front; one that changes again comes again.
 *
 * Writers end in another order than they begin. So a year is told only when every transaction that
 * began before the one that changed it has ended: nothing can come in before it any more. Only those
 * that have said that they change nothing are not waited for.
 *
 * @throws InvalidInputError when the cursor was not made here
 * @throws CursorExpiredError when it was made by another database: that one's transactions are not ours
 */
export async function changesSince(
  db: Db,
  cursors: Cursors,
  actor: Actor,
  since: string | undefined,
  limit: number,
): Promise<Changes> {
  const { rows } = await sql<{ database: string; upTo: string; last: string }>`
    select (select system_identifier from pg_control_system()) || '.' || d.oid as database,
      ${oldestWriter} as up_to, pg_snapshot_xmax(pg_current_snapshot())::text as last
    from pg_database d where d.datname = current_database()`.execute(db);
  const { database, last } = rows[0]!;
  const claimed = since === undefined ? undefined : cursors.claimed(since, position);
  if (claimed && claimed.database !== database) throw expired();
  const from = since === undefined ? null : cursors.read(since, FEED, position, '?since');
  if (from && BigInt(from.transaction) > BigInt(last)) throw expired();
  const upTo = later(rows[0]!.upTo, from?.transaction);
  const years = await changedYears(db, actor, from, upTo, limit);
  const end = years.at(-1);
  const next: Position =
    end && years.length === limit
      ? { database, transaction: end.changedIn, id: end.id }
      : { database, transaction: upTo, id: null };
  // One without an instant comes when it has been given one.
  const told = years.filter(({ updatedAt }) => updatedAt instanceof Date);
  return { data: told.map(changeOf), nextCursor: cursors.make(next, FEED) };
}

const FEED = 'changes';

const expired = () =>
  new CursorExpiredError(
    'This cursor comes from another database, or from before this one was restored. Read everything anew: call without since, and go on with that nextCursor.',
  );

/** What an earlier call has seen ended stays so, though this one may have to wait for less. */
const later = (upTo: string, before = upTo): string =>
  BigInt(before) > BigInt(upTo) ? before : upTo;

/** After the year `id` that this transaction changed; without an id, before all of them. */
const position = z.strictObject({
  database: z.string().regex(/^\d{1,20}\.\d{1,10}$/),
  transaction: z.string().regex(/^\d{1,20}$/),
  id: z.uuid().nullable(),
});
type Position = z.infer<typeof position>;

function changedYears(
  db: Db,
  actor: Actor,
  from: Position | null,
  upTo: string,
  limit: number,
): Promise<Row[]> {
  const after = from?.id ?? null;
  return db
    .selectFrom('planningYears as y')
    .select(['y.id', 'y.changedIn', 'y.program', 'y.year', 'y.organizationKind'])
    .select(['y.organizationCode', 'y.districtCode', 'y.version', 'y.status', 'y.updatedAt'])
    .where(sql<boolean>`y.changed_in < ${upTo}::xid8`)
    .$if(from !== null && after === null, (query) =>
      query.where(sql<boolean>`y.changed_in >= ${from?.transaction}::xid8`),
    )
    .$if(from !== null && after !== null, (query) =>
      query.where(
        sql<boolean>`(y.changed_in, y.id) > (${from?.transaction}::xid8, ${after}::uuid)`,
      ),
    )
    .where((eb) =>
      whereCan(eb, actor, 'reports.read', {
        program: 'y.program',
        district: 'y.districtCode',
        school: 'y.organizationCode',
      }),
    )
    .orderBy('y.changedIn')
    .orderBy('y.id')
    .limit(limit)
    .execute();
}

interface Row {
  id: string;
  changedIn: string;
  program: string;
  year: string;
  organizationKind: 'school' | 'district';
  organizationCode: string;
  districtCode: string;
  version: number;
  status: 'active' | 'done' | 'withdrawn';
  updatedAt: Date;
}

const changeOf = (row: Row) => ({
  planningYear: row.id,
  program: row.program,
  year: row.year,
  school: row.organizationKind === 'school' ? row.organizationCode : null,
  district: row.districtCode,
  version: row.version,
  status: row.status,
  changedAt: row.updatedAt.toISOString(),
});
