import { sql } from 'kysely';
import { todayIn } from '../../calendar/dates.ts';
import type { Actor } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import { canBeLateRow } from '../planning-years/overdue.ts';
import type { YearRow } from '../planning-years/store.ts';
import { whereCan } from '../policy/where.ts';
import { reasonAside } from '../quarantine/store.ts';
import { coachesOn } from './coaches.ts';
import type { MilestoneKey } from './milestones.ts';
import type { MilestonesQuery } from './schemas.ts';

/** A planning year as the milestones need it. */
export interface MilestoneYear extends YearRow {
  schoolName: string | null;
  county: string | null;
  districtName: string;
}

/**
 * The planning years from `key` on (`>=`) or behind it (`>`) in which some region may match, by
 * program, year and code.
 */
export async function yearsAfter(
  ctx: Context,
  trx: Trx,
  actor: Actor,
  query: MilestonesQuery,
  key: MilestoneKey | null,
  from: '>=' | '>',
  limit: number,
): Promise<MilestoneYear[]> {
  const { program, year, district, school, status, region, state, overdue } = query;
  let years = trx
    .selectFrom('planningYears as y')
    .innerJoin('districts as d', 'd.code', 'y.districtCode')
    .leftJoin('schools as s', (join) =>
      join.onRef('s.code', '=', 'y.organizationCode').on('y.organizationKind', '=', 'school'),
    )
    .selectAll('y')
    .select(reasonAside('planningYear', sql`y.id`).as('aside'))
    .select(['s.name as schoolName', 's.county', 'd.name as districtName'])
    .where((eb) =>
      whereCan(eb, actor, 'reports.read', {
        program: 'y.program',
        district: 'y.districtCode',
        school: 'y.organizationCode',
      }),
    )
    .orderBy('y.program')
    .orderBy('y.year')
    .orderBy('y.organizationCode')
    .limit(limit);
  if (key !== null)
    years = years.where(
      sql<boolean>`(y.program, y.year, y.organization_code) ${sql.raw(from)} (${key[0]}, ${key[1]}, ${key[2]})`,
    );
  if (program !== undefined) years = years.where('y.program', '=', program);
  if (year !== undefined) years = years.where('y.year', '=', year);
  if (district !== undefined) years = years.where('y.districtCode', '=', district);
  if (school !== undefined) years = years.where('y.organizationCode', '=', school);
  if (status !== undefined) years = years.where('y.status', '=', status);
  if (state !== undefined) years = years.where(standsAt(region, state));
  if (overdue === 'true') years = years.where(hasLateTask(ctx));
  if (query.coordinator !== undefined) {
    const coached = await coachedBy(ctx, trx, query.coordinator);
    years = years.where(coached);
  }
  return (await years.execute()) as MilestoneYear[];
}

const standsAt = (region: string | undefined, state: string) =>
  region === undefined
    ? sql<boolean>`exists (select from each_of(y.state -> 'regions') r where r.value ->> 'state' = ${state})`
    : sql<boolean>`y.state -> 'regions' -> ${region}::text ->> 'state' = ${state}`;

const hasLateTask = ({ programs, clock }: Context) => {
  const todays = Object.fromEntries(
    programs.all.map(({ id, pack }) => [id, todayIn(pack.program.zone, clock.now())]),
  );
  return sql<boolean>`exists (select from tasks t where t.planning_year_id = y.id
    and ${canBeLateRow} and t.due_on < (${JSON.stringify(todays)}::jsonb ->> y.program)::date)`;
};

/** Holds for the years that a person coaches today. */
async function coachedBy({ programs, clock }: Context, trx: Trx, person: string) {
  const conditions = await Promise.all(
    programs.all.map(async (program) => {
      const today = todayIn(program.pack.program.zone, clock.now());
      const theirs = (await coachesOn(trx, program, today, null)).filter(({ id }) => id === person);
      const codes = (kind: string) => theirs.filter((one) => one.kind === kind).map((o) => o.code);
      const state = theirs.some(({ kind }) => kind === 'state');
      return sql<boolean>`(y.program = ${program.id} and (${state}
        or y.district_code = any(${codes('district')}::text[])
        or y.organization_kind = 'school' and y.organization_code = any(${codes('school')}::text[])))`;
    }),
  );
  return sql<boolean>`(${sql.join(conditions, sql` or `)})`;
}
