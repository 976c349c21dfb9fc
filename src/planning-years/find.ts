import { type SelectQueryBuilder, sql } from 'kysely';
import { todayIn } from '../../calendar/dates.ts';
import type { Actor } from '../actor.ts';
import type { Context, Db, DbOrTrx } from '../context.ts';
import { type Lookup, lookUp } from '../db/gathered.ts';
import type { Tables } from '../db/tables.ts';
import { whereCan } from '../policy/where.ts';
import { reasonAside } from '../quarantine/store.ts';
import { canBeLateRow } from './overdue.ts';
import type { YearsQuery } from './schemas.ts';
import type { NamedYear } from './view.ts';

/**
 * The version of all that a year and its task list are told from: its row, which changes with its
 * log and its tasks, the rows that name its organizations, and that it is set aside. Each is known by the transaction that
 * wrote it, which PostgreSQL keeps with every row.
 */
export async function yearVersion(db: Db, id: string | null): Promise<string | undefined> {
  return id === null ? undefined : lookUp(db, versionOfYear, id);
}

const versionOfYear: Lookup<string> = {
  names: 'uuid[]',
  text: `
    select y.id::text as name, to_json(concat_ws('.', y.xmin, d.xmin, s.xmin, 'q' || q.xmin)) as found
    from planning_years y join districts d on d.code = y.district_code
      left join schools s on s.code = y.organization_code
      left join quarantine q on q.kind = 'planningYear' and q.subject = y.id::text
    where y.id = any(@names)`,
};

/** Whose year it is. */
export type Place = Pick<
  NamedYear,
  | 'program'
  | 'districtCode'
  | 'districtName'
  | 'organizationKind'
  | 'organizationCode'
  | 'organizationName'
>;

export const placeOf = (db: Db, id: string): Promise<Place | undefined> =>
  lookUp(db, placeOfYear, id);

const placeOfYear: Lookup<Place> = {
  names: 'uuid[]',
  text: `
    select y.id::text as name, json_build_object('program', y.program,
      'districtCode', y.district_code, 'districtName', d.name,
      'organizationKind', y.organization_kind, 'organizationCode', y.organization_code,
      'organizationName', coalesce(s.name, d.name)) as found
    from planning_years y join districts d on d.code = y.district_code
      left join schools s on s.code = y.organization_code
    where y.id = any(@names)`,
};

export async function namedYear(db: DbOrTrx, id: string): Promise<NamedYear | undefined> {
  const row = await named(db).where('y.id', '=', id).executeTakeFirst();
  return row as NamedYear | undefined;
}

export async function namedYears(db: DbOrTrx, ids: string[]): Promise<NamedYear[]> {
  if (ids.length === 0) return [];
  return (await named(db).where('y.id', 'in', ids).execute()) as NamedYear[];
}

/** A page of years that match and that the actor may see, in the order in which they were opened. */
export async function listYears(
  { db, programs, clock }: Context,
  actor: Actor,
  query: YearsQuery,
  after: string | null,
  fetch: number,
): Promise<NamedYear[]> {
  const todays = programs.all.map(({ id, pack }) => ({
    program: id,
    today: todayIn(pack.program.zone, clock.now()),
    coaches: pack.program.roles.filter(({ kind }) => kind === 'coach').map((role) => role.id),
    agency: pack.program.agency.code,
  }));
  let rows = named(db)
    .where((eb) =>
      whereCan(eb, actor, 'planningYears.read', {
        program: 'y.program',
        district: 'y.districtCode',
        school: 'y.organizationCode',
      }),
    )
    .orderBy('y.id')
    .limit(fetch);
  if (after !== null) rows = rows.where('y.id', '>', after);
  if (query.program !== undefined) rows = rows.where('y.program', '=', query.program);
  if (query.year !== undefined) rows = rows.where('y.year', '=', query.year);
  if (query.school !== undefined) rows = rows.where('y.organizationCode', '=', query.school);
  if (query.district !== undefined) rows = rows.where('y.districtCode', '=', query.district);
  if (query.status !== undefined) rows = rows.where('y.status', '=', query.status);
  if (query.region !== undefined && query.state !== undefined)
    rows = rows.where(
      sql<boolean>`y.state -> 'regions' -> ${query.region}::text ->> 'state' = ${query.state}`,
    );
  if (query.noContactSince !== undefined)
    rows = rows.where(
      sql<boolean>`coalesce(y.state ->> 'lastContact', '') < ${query.noContactSince}`,
    );
  if (query.overdue !== undefined) {
    const late = sql<boolean>`exists (
      select from tasks t join jsonb_to_recordset(${JSON.stringify(todays)}::jsonb)
        as p (program text, today date) on p.program = y.program
      where t.planning_year_id = y.id and ${canBeLateRow} and t.due_on < p.today)`;
    rows = rows.where(query.overdue === 'true' ? late : sql<boolean>`not ${late}`);
  }
  if (query.coordinator !== undefined)
    rows = rows.where(
      sql<boolean>`exists (
        select from held_roles a join jsonb_to_recordset(${JSON.stringify(todays)}::jsonb)
          as p (program text, today date, coaches jsonb, agency text) on p.program = y.program
        where a.person_id = ${query.coordinator} and a.program = y.program and p.coaches ? a.role
          and a.organization_code in (y.organization_code, y.district_code, p.agency)
          and a.from_on <= p.today and (a.to_on is null or a.to_on >= p.today))`,
    );
  return (await rows.execute()) as NamedYear[];
}

function named(db: DbOrTrx) {
  return db
    .selectFrom('planningYears as y')
    .innerJoin('districts as d', 'd.code', 'y.districtCode')
    .leftJoin('schools as s', 's.code', 'y.organizationCode')
    .selectAll('y')
    .select((eb) => [
      'd.name as districtName',
      eb.fn.coalesce('s.name', 'd.name').as('organizationName'),
      reasonAside('planningYear', sql`y.id`).as('aside'),
    ]) as unknown as SelectQueryBuilder<Tables & { y: Tables['planningYears'] }, 'y', NamedYear>;
}
