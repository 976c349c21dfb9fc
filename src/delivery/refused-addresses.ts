import { sql } from 'kysely';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { type Answer, can, type Subject } from '../policy/can.ts';
import { whereCan } from '../policy/where.ts';
import { todayOf } from '../programs/today.ts';

type Rooms = Pick<Context, 'db' | 'programs' | 'clock'>;

/** An address to mend, of somebody who holds a role today, as far as the actor may see. */
export type RefusedRow = Awaited<ReturnType<typeof refusedPage>>[number];

/** The oldest first. Nothing of it is stored: it follows from suppressions, troubles and roles. */
export const refusedPage = (
  rooms: Rooms,
  actor: Actor,
  page: { after: string | null; fetch: number },
) =>
  items(rooms, actor)
    .$if(page.after !== null, (query) => query.where('s.id', '>', page.after!))
    .orderBy('s.id')
    .limit(page.fetch)
    .execute();

/** Undefined when it takes mail again, its person holds no role, or that lies out of reach. */
export const refusedById = (rooms: Rooms, actor: Actor, id: string) =>
  items(rooms, actor).where('s.id', '=', id).executeTakeFirst();

/**
 * What the policy is asked about: of the person's places the one where the actor may most.
 *
 * @returns null when there is nothing to mend
 */
export async function refusedSubject(
  rooms: Rooms,
  actor: Actor,
  id: string | null,
): Promise<Subject | null> {
  if (id === null) return null;
  const suppression = await rooms.db
    .selectFrom('addressesToMend')
    .select('id')
    .where('id', '=', id)
    .executeTakeFirst();
  if (!suppression) return null;
  const rows = await held(rooms)
    .select(['a.program', 'y.districtCode', 'y.organizationKind', 'y.organizationCode'])
    .where('s.id', '=', id)
    .distinct()
    .execute();
  const places = rows.map(
    ({ program, districtCode, organizationKind, organizationCode }): Subject => ({
      program,
      ...(districtCode === null ? { state: true as const } : { district: districtCode }),
      ...(organizationKind === 'school' && { school: organizationCode! }),
    }),
  );
  const where = (answer: Answer) =>
    places.find((place) => can(actor, 'addresses.mend', place) === answer);
  // What is nobody's with a role is for those who reach everything.
  return where('yes') ?? where('no') ?? places[0] ?? { state: true };
}

const items = (rooms: Rooms, actor: Actor) =>
  held(rooms)
    .leftJoin('districts as d', (join) =>
      join.onRef('d.code', '=', 'a.organizationCode').on('a.organizationKind', '=', 'district'),
    )
    .leftJoin('schools as c', (join) =>
      join.onRef('c.code', '=', 'a.organizationCode').on('a.organizationKind', '=', 'school'),
    )
    .select(['s.id', 's.reason', 's.since', 's.detail'])
    .select(['p.id as personId', 'p.name', 'p.email', 'p.version as personVersion'])
    .select((eb) => eb.fn.count<number>('y.id').distinct().as('planningYears'))
    .select(
      sql<HeldRole[]>`jsonb_agg(distinct jsonb_build_object('program', a.program, 'role', a.role,
        'assignment', a.assignment_id, 'kind', a.organization_kind, 'code', a.organization_code,
        'name', coalesce(c.name, d.name)))`.as('held'),
    )
    .where((eb) =>
      whereCan(eb, actor, 'addresses.mend', {
        program: 'a.program',
        district: 'y.districtCode',
        school: 'y.organizationCode',
      }),
    )
    .groupBy(['s.id', 's.reason', 's.since', 's.detail', 'p.id']);

export interface HeldRole {
  program: string;
  role: string;
  assignment: string;
  kind: 'state' | 'district' | 'school';
  code: string;
  /** Null: the state's. */
  name: string | null;
}

/**
 * A row for each role that somebody with an address to mend holds today, and each active year that it
 * covers; a role for the whole state is the state's own, and has no year.
 */
function held({ db, programs, clock }: Rooms) {
  const todays = programs.all.map(({ id }) => ({
    program: id,
    today: todayOf(programs, id, clock.now()),
  }));
  return db
    .selectFrom('addressesToMend as s')
    .innerJoin('people as p', (join) =>
      join.on((eb) => eb('s.address', '=', eb.fn<string>('lower', ['p.email']))),
    )
    .innerJoin('heldRoles as a', 'a.personId', 'p.id')
    .leftJoin('planningYears as y', (join) =>
      join
        .onRef('y.program', '=', 'a.program')
        .on('y.status', '=', 'active')
        .on(
          sql<boolean>`(a.organization_kind, a.organization_code) in
            ((y.organization_kind, y.organization_code), ('district', y.district_code))`,
        ),
    )
    .where(
      sql<boolean>`exists (
        select from jsonb_to_recordset(${JSON.stringify(todays)}::jsonb) as t (program text, today date)
        where t.program = a.program and a.from_on <= t.today
          and (a.to_on is null or a.to_on >= t.today))`,
    )
    .where((eb) => eb.or([eb('a.organizationKind', '=', 'state'), eb('y.id', 'is not', null)]));
}
