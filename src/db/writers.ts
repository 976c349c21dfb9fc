import { type Kysely, sql } from 'kysely';
import { WRITERS } from '../../migrations/20261201T0370_writers.ts';
import { migrations, type Step } from '../../migrations/index.ts';
import type { Db } from '../context.ts';
import type { Check } from '../http/health.ts';
import { UnavailableError } from '../http/http-errors.ts';
import { RELEASE } from '../release.ts';
import type { Tables } from './tables.ts';

/** What the database answers to a write of a release that may write no more. */
export const OUTDATED = 'PY001';

/** In words for whoever asked this process. */
export const TAKEN_OVER =
  'A newer release has taken over this database, and this server writes no more. Send the request again in a moment: another server answers it.';

/**
 * Notes that this release is here, excludes those that its migrations exclude, and puts every table
 * under the guard that refuses them. Within the lock of migrations.
 */
export async function admitWriters(
  db: Kysely<Tables>,
  release: number = RELEASE,
  steps: Record<string, Step> = migrations,
): Promise<void> {
  const oldest = Math.max(1, ...Object.values(steps).map(({ oldestWriter = 1 }) => oldestWriter));
  const whole: typeof asOne = db.isTransaction ? (_, act) => act(db) : asOne;
  await whole(db, async (trx) => {
    const { rows } = await sql<{ excludes: boolean }>`
      select ${oldest} > oldest as excludes from writers`.execute(trx);
    // Whoever has begun to write ends first, and whoever begins now is asked anew.
    if (rows[0]?.excludes)
      await sql`select pg_advisory_xact_lock(${sql.lit(WRITERS)})`.execute(trx);
    await sql`
      update writers set oldest = greatest(oldest, ${oldest}), newest = greatest(newest, ${release})
      where oldest < ${oldest} or newest < ${release}`.execute(trx);
    for (const table of await unguarded(trx))
      await sql`
        create trigger refuse_outdated before insert or update or delete on ${sql.id(table)}
        for each statement execute function refuse_outdated()`.execute(trx);
  });
}

const asOne = (db: Kysely<Tables>, act: (trx: Kysely<Tables>) => Promise<void>): Promise<void> =>
  db.transaction().execute(act);

/** Tables that releases write, but for what tells that a process is there. */
async function unguarded(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class c
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
      and relname not like 'kysely%' and relname not in ('writers', 'heartbeats')
      and not exists (
        select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'refuse_outdated')
    order by relname`.execute(db);
  return rows.map(({ name }) => name);
}

/** Fails where this release may write no more: requests are for another server then. */
export const writersCheck = ({ db }: { db: Kysely<Tables> }, release: number = RELEASE): Check => ({
  name: 'release',
  run: async () => {
    if (await isOutdated(db, release)) throw new UnavailableError(TAKEN_OVER);
  },
});

export async function isOutdated(db: Kysely<Tables>, release: number = RELEASE): Promise<boolean> {
  const row = await db.selectFrom('writers').select('oldest').executeTakeFirst();
  return row !== undefined && row.oldest > release;
}

const NAME = 'release ';
/** Longer than the minute in which a process that is there says so. */
const THERE_MS = 5 * 60_000;

/** Says that this release is at work here. */
export async function noteRelease(db: Db, at: Date, release: number = RELEASE): Promise<void> {
  await db
    .insertInto('heartbeats')
    .values({ name: NAME + release, at })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ at }))
    .execute();
}

/**
 * Whether background work is another release's: of those that are at work on one database only the
 * newest scans, mails and carries jobs out, since it alone knows all of it. When that has gone again,
 * so has its claim within minutes.
 */
export async function isNewerAtWork(
  db: Db,
  now: Date,
  release: number = RELEASE,
): Promise<boolean> {
  const rows = await db
    .selectFrom('heartbeats')
    .select('name')
    .where('name', 'like', `${NAME}%`)
    .where('at', '>', new Date(now.getTime() - THERE_MS))
    .execute();
  return rows.some(({ name }) => Number(name.slice(NAME.length)) > release);
}

/** Whether a newer release has ever been here: what this one does not know may be that one's. */
export async function wasNewerHere(
  db: Kysely<Tables>,
  release: number = RELEASE,
): Promise<boolean> {
  const row = await db.selectFrom('writers').select('newest').executeTakeFirst();
  return row !== undefined && row.newest > release;
}
