import { sql } from 'kysely';
import type { Actor } from '../actor.ts';
import type { Context, DbOrTrx, Trx } from '../context.ts';
import { ConflictError } from '../errors.ts';
import { belongsToOf } from '../planning-years/belongs-to.ts';
import { count } from '../planning-years/count.ts';
import { throughTheDoor } from '../planning-years/door.ts';
import { recompute } from '../planning-years/parameters.ts';
import { readParameters } from '../programs/year-parameters.ts';
import type { School } from '../schools/store.ts';

type Ctx = Pick<Context, 'programs' | 'clock' | 'queue'>;

/** The years of a school that are under way; of these, those that another school does not have. */
export async function activeYears(db: DbOrTrx, code: string, without?: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select y.id from planning_years y
    where y.organization_kind = 'school' and y.organization_code = ${code} and y.status = 'active'
      and not exists (
        select from planning_years o
        where o.program = y.program and o.year = y.year and o.organization_code = ${without ?? null})
    order by y.id`.execute(db);
  return rows.map(({ id }) => id);
}

export async function withdrawYears(
  ctx: Ctx,
  trx: Trx,
  ids: string[],
  reason: string,
  actor: Actor,
): Promise<void> {
  const command = { kind: 'correct' as const, correction: { type: 'withdraw' as const, reason } };
  for (const id of ids) await throughTheDoor(ctx, trx, id, command, actor);
}

/**
 * Makes years another school's. Each log tells of it, and no state moves, so their versions stay; what
 * is counted by district and county moves along, and so do the dates that are set for a district.
 *
 * @throws ConflictError when the other school has one of them already
 */
export async function moveYears(
  ctx: Ctx,
  trx: Trx,
  ids: string[],
  to: School,
  note: string,
  actor: Actor,
): Promise<void> {
  if (ids.length === 0) return;
  for (const row of await placesOf(trx, ids)) {
    const place = { organizationCode: to.rcdts, districtCode: to.district.code };
    const belongsTo = { ...belongsToOf(row), ...place };
    const command = { kind: 'note' as const, task: null, links: [], note, belongsTo };
    await throughTheDoor(ctx, trx, row.id, command, actor);
  }
  const now = ctx.clock.now();
  await count(trx, ids, -1);
  try {
    await sql`
      update planning_years set organization_code = ${to.rcdts}, district_code = ${to.district.code},
        updated_at = ${now}
      where id = any(${ids}::uuid[])`.execute(trx);
  } catch (error) {
    if ((error as { code?: string }).code !== UNIQUE) throw error;
    throw new ConflictError(
      'year-exists',
      `School ${to.rcdts} has one of these planning years already. Withdraw one of the two first.`,
    );
  }
  await count(trx, ids, 1);
  await redate(ctx, trx, ids);
}

const placesOf = (trx: Trx, ids: string[]) =>
  trx
    .selectFrom('planningYears')
    .select(['id', 'program', 'year', 'organizationKind', 'organizationCode', 'districtCode'])
    .where('id', 'in', ids)
    .orderBy('id')
    .execute();

const UNIQUE = '23505';

async function redate(ctx: Ctx, trx: Trx, ids: string[]): Promise<void> {
  const years = await trx
    .selectFrom('planningYears')
    .select(['program', 'year'])
    .distinct()
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .execute();
  for (const { program, year } of years) {
    const { settings } = await readParameters(trx, program, year);
    await recompute(ctx, trx, program, year, settings, ctx.clock.now());
  }
}
