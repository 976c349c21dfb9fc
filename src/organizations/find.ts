import { type ExpressionBuilder, sql } from 'kysely';
import type { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import type { Tables } from '../db/tables.ts';
import { can, inScope } from '../policy/can.ts';
import { whereCan } from '../policy/where.ts';
import type { Programs } from '../programs/programs.ts';
import { CATEGORIES, KINDS, type Organization, type organizationsQuery } from './schemas.ts';

type Sources = Pick<Context, 'db' | 'programs'>;
/** Kinds in their order, then by code. */
export type OrganizationKey = Pick<Organization, 'kind' | 'code'>;

/** A page of the organizations that the actor may see. */
export async function organizationsPage(
  sources: Sources,
  actor: Actor,
  { kind, parent, q }: z.infer<typeof organizationsQuery>,
  page: { after: OrganizationKey | null; fetch: number },
): Promise<Organization[]> {
  let query = visible(sources, actor).orderBy('rank').orderBy('code').limit(page.fetch);
  if (kind !== undefined) query = query.where('rank', '=', KINDS.indexOf(kind));
  if (parent !== undefined) query = query.where('parent', '=', parent);
  if (q !== undefined) {
    const part = `%${q.replace(/[\\%_]/g, '\\$&')}%`;
    query = query.where((eb) => eb.or([eb('name', 'ilike', part), eb('code', 'ilike', part)]));
  }
  if (page.after !== null) {
    const { kind, code } = page.after;
    query = query.where(sql<boolean>`(rank, code) > (${KINDS.indexOf(kind)}, ${code})`);
  }
  return (await query.execute()).map(organizationOf);
}

/** Undefined when there is none of that code, or the actor may not see it. */
export async function organizationByCode(
  sources: Sources,
  actor: Actor,
  code: string,
): Promise<Organization | undefined> {
  const row = await visible(sources, actor)
    .where('code', '=', code)
    .orderBy('rank')
    .executeTakeFirst();
  return row && organizationOf(row);
}

interface Row {
  rank: number;
  code: string;
  name: string;
  type: string | null;
  parent: string | null;
  closedOn: string | null;
  successor: string | null;
  demo: boolean;
}

/** Each kind is read from where it lives: the programs, the directory, the vendors. */
function visible({ db, programs }: Sources, actor: Actor) {
  const agencies = agenciesFor(programs, actor);
  const schools = db
    .selectFrom('schools as s')
    .where((eb) => maySee(eb, actor))
    .select([sql<number>`2`.as('rank'), 's.code', 's.name', 's.schoolType as type'])
    .select(['s.districtCode as parent', 's.closedOn', 's.successor', 's.demo']);
  // Whoever sees a school sees the district that it is part of.
  const districts = db
    .selectFrom('districts as d')
    .where((eb) =>
      eb.or([
        whereCan(eb, actor, 'organizations.read', { district: 'd.code' }),
        eb.exists(
          eb
            .selectFrom('schools as s')
            .select('s.code')
            .whereRef('s.districtCode', '=', 'd.code')
            .where((of) => maySee(of, actor)),
        ),
      ]),
    )
    .select([sql<number>`1`.as('rank'), 'd.code', 'd.name', NONE.as('type')])
    .select([agencyOf(agencies).as('parent'), NONE.as('closedOn'), NONE.as('successor'), 'd.demo']);
  const vendors = db
    .selectFrom('vendors as v')
    .where(sql<boolean>`${can(actor, 'vendors.read', null) === 'yes'}::boolean`)
    .select([sql<number>`3`.as('rank'), 'v.code', 'v.name', NONE.as('type')])
    .select([NONE.as('parent'), NONE.as('closedOn'), NONE.as('successor')])
    .select(sql<boolean>`false`.as('demo'));
  const all = sql<Row>`(
    select distinct 0 as rank, code, name, null as type, null as parent, null::date as closed_on,
      null as successor, false as demo
    from ${recordsOf(agencies)}
    union all ${districts} union all ${schools} union all ${vendors})`;
  return db.selectFrom(all.as<'o'>(sql.ref('o'))).selectAll();
}

const NONE = sql<null>`null`;

const maySee = <DB extends Pick<Tables, 'schools'>>(
  eb: ExpressionBuilder<DB & { s: Tables['schools'] }, 's'>,
  actor: Actor,
) =>
  whereCan(eb, actor, 'organizations.read', {
    school: sql.ref('s.code'),
    district: sql.ref('s.districtCode'),
  });

interface Agency {
  program: string;
  code: string;
  name: string;
}

const agenciesFor = ({ all }: Programs, actor: Actor): Agency[] =>
  all
    .filter(({ id }) => inScope(actor, { program: id }))
    .map(({ id, pack }) => ({ program: id, ...pack.program.agency }));

const recordsOf = (agencies: readonly Agency[]) =>
  sql`jsonb_to_recordset(${JSON.stringify(agencies)}::jsonb) as a (program text, code text, name text)`;

/** The only agency; of several, that of the program which runs in the district. */
function agencyOf(agencies: readonly Agency[]) {
  const codes = new Set(agencies.map(({ code }) => code));
  if (codes.size === 1) return sql<string | null>`${[...codes][0]}::text`;
  return sql<string | null>`(
    select a.code from ${recordsOf(agencies)} join planning_years y on y.program = a.program
    where y.district_code = d.code limit 1)`;
}

function organizationOf({ rank, code, name, type, parent, ...rest }: Row): Organization {
  const kind = KINDS[rank]!;
  return {
    ...{ kind, code, name, category: CATEGORIES[kind], type },
    parent: parent === null ? null : { kind: KINDS[rank - 1]!, code: parent },
    operationalStatus: rest.closedOn === null ? 'Active' : 'Closed',
    ...{ closedOn: rest.closedOn, successor: rest.successor, demo: rest.demo },
  };
}
