import { sql } from 'kysely';
import type { Context, DbOrTrx, Trx } from '../context.ts';
import { type BelongsTo, belongsToOf } from '../planning-years/belongs-to.ts';
import { entryOf, selectEntries } from './entries.ts';
import { auditLeaf, headLeaf, NO_SEAL, type SealedHead, sealDigest } from './leaves.ts';

/**
 * Seals the day (UTC) that has ended, if nobody has: the heads of all logs that have moved since the
 * seal before, and all that was witnessed since. After a stop one seal covers all the days without one.
 *
 * A log's own chain shows any change within it; that its tail was cut, or that it is gone altogether,
 * shows by the seals.
 *
 * @returns the day, or null when it is sealed already
 */
export async function sealYesterday({ db, clock }: Pick<Context, 'db' | 'clock'>) {
  const now = clock.now();
  const yesterday = new Date(now.getTime() - DAY).toISOString().slice(0, 10);
  if (await isSealed(db, yesterday)) return null;
  return db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext('seal'))`.execute(trx);
    if (await isSealed(trx, yesterday)) return null;
    await seal(trx, yesterday, now);
    return yesterday;
  });
}

const DAY = 24 * 3_600_000;

async function isSealed(db: DbOrTrx, day: string): Promise<boolean> {
  const row = await db
    .selectFrom('seals')
    .select('sealedOn')
    .where('sealedOn', '>=', day)
    .executeTakeFirst();
  return row !== undefined;
}

async function seal(trx: Trx, day: string, now: Date): Promise<void> {
  const before = await trx
    .selectFrom('seals')
    .select('digest')
    .orderBy('sealedOn', 'desc')
    .limit(1)
    .executeTakeFirst();
  const previous = before?.digest.toString('hex') ?? NO_SEAL;
  const row = { sealedOn: day, sealedAt: now, previous: Buffer.from(previous, 'hex') };
  const [heads, entries] = [await movedHeads(trx), await unsealed(trx)];
  const leaves = [...heads.map(headLeaf), ...entries.map(auditLeaf)];
  const digest = Buffer.from(sealDigest(previous, day, now.toISOString(), leaves), 'hex');
  await trx
    .insertInto('seals')
    .values({ ...row, digest })
    .execute();
  await sql`
    insert into sealed_heads (sealed_on, planning_year_id, seq, hash, belongs_to)
    select ${day}::date, h."planningYear", h.seq, decode(h.hash, 'hex'), h."belongsTo"
    from jsonb_to_recordset(${JSON.stringify(heads)}::jsonb)
      as h ("planningYear" uuid, seq int, hash text, "belongsTo" jsonb)`.execute(trx);
  await sql`
    update audit_entries set sealed_on = ${day}::date
    where id = any(${entries.map(({ id }) => id)}::uuid[])`.execute(trx);
}

/**
 * Those that have moved since they were sealed, or were sealed without telling whose they are. Invented
 * years can be taken away again, so they are not sealed.
 */
async function movedHeads(trx: Trx): Promise<SealedHead[]> {
  const { rows } = await sql<Omit<SealedHead, 'belongsTo'> & BelongsTo>`
    select y.id as "planningYear", y.head_seq as seq, encode(y.head_hash, 'hex') as hash,
      y.program, y.year, y.organization_kind, y.organization_code, y.district_code
    from planning_years y
    left join lateral (
      select s.seq, s.belongs_to from sealed_heads s where s.planning_year_id = y.id
      order by s.sealed_on desc limit 1) last on true
    where not y.demo and (last.seq is distinct from y.head_seq or last.belongs_to is null)`.execute(
    trx,
  );
  return rows.map(({ planningYear, seq, hash, ...row }) => {
    return { planningYear, seq, hash, belongsTo: belongsToOf(row) };
  });
}

const unsealed = async (trx: Trx) =>
  (await selectEntries(trx).where('a.sealedOn', 'is', null).execute()).map(entryOf);
