import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Context, DbOrTrx } from '../context.ts';
import type { QuarantinedKind, QuarantineTable } from '../db/tables.ts';
import { QuarantinedError, REBUILD, type StoredFault } from '../errors.ts';

type Ctx = Pick<Context, 'db' | 'clock' | 'log'>;

/**
 * Notes what can't be used as it stands, so that all else goes on without it; an alarm is logged when
 * it begins. Never throws: whoever met it has other things to do.
 */
export async function setAside({ db, clock, log }: Ctx, fault: StoredFault): Promise<void> {
  const { kind, subject, reason, remedy = REBUILD } = fault;
  try {
    const now = clock.now();
    const { rows } = await sql<{ begins: boolean }>`
      insert into quarantine (kind, subject, reason, remedy, since, met_at)
      values (${kind}, ${subject}, ${reason.slice(0, LONGEST)}, ${remedy}, ${now}, ${now})
      on conflict (kind, subject) do update set met_at = excluded.met_at
      returning xmax = 0 as begins`.execute(db);
    if (rows[0]?.begins)
      log.error({ alarm: 'quarantine', kind, subject, reason, remedy }, 'Something is set aside.');
  } catch (error) {
    log.warn({ kind, subject, reason: String(error) }, 'What is broken could not be noted.');
  }
}

const LONGEST = 500;

/** The same for whatever a failure is about, if it is about something stored. */
export async function setAsideAfter(ctx: Ctx, error: unknown): Promise<void> {
  if (error instanceof QuarantinedError && !error.isKnown) await setAside(ctx, error.fault);
}

/** What was set aside is fit for use again. @returns whether it was set aside */
export async function takeBack(
  db: DbOrTrx,
  kind: QuarantinedKind,
  subject: string,
): Promise<boolean> {
  const row = await db
    .deleteFrom('quarantine')
    .where('kind', '=', kind)
    .where('subject', '=', subject)
    .returning('kind')
    .executeTakeFirst();
  return row !== undefined;
}

/** Why something is set aside, and what mends it. */
export type Reason = Required<Pick<StoredFault, 'reason' | 'remedy'>>;

/** The same as a part of a select; null: it is not. */
export const reasonAside = (
  kind: QuarantinedKind,
  subject: RawBuilder<unknown>,
): RawBuilder<Reason | null> => sql<Reason | null>`(
  select jsonb_build_object('reason', q.reason, 'remedy', q.remedy) from quarantine q
  where q.kind = ${sql.lit(kind)} and q.subject = ${subject}::text)`;

export type Aside = Selectable<QuarantineTable>;

/** By kind and id. */
export function quarantinePage(
  db: DbOrTrx,
  page: { after: [kind: string, subject: string] | null; fetch: number },
): Promise<Aside[]> {
  let rows = db
    .selectFrom('quarantine')
    .selectAll()
    .orderBy('kind')
    .orderBy('subject')
    .limit(page.fetch);
  if (page.after) {
    const [kind, subject] = page.after;
    rows = rows.where(sql<boolean>`(kind, subject) > (${kind}, ${subject})`);
  }
  return rows.execute();
}

/** How many are set aside, by kind. */
export async function countAside(db: DbOrTrx): Promise<Partial<Record<QuarantinedKind, number>>> {
  const rows = await db
    .selectFrom('quarantine')
    .select((eb) => ['kind', eb.fn.countAll<number>().as('count')])
    .groupBy('kind')
    .execute();
  return Object.fromEntries(rows.map(({ kind, count }) => [kind, count]));
}
