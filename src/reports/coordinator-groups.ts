import type { Actor } from '../actor.ts';
import type { Trx } from '../context.ts';
import { can } from '../policy/can.ts';
import { whereCan } from '../policy/where.ts';
import type { Program } from '../programs/programs.ts';
import { type Coach, coaches, coachesOn, type Organization } from './coaches.ts';
import type { Counted } from './counts.ts';
import { byKey, type Group } from './groups.ts';
import { countGroups, readCounts } from './read-counts.ts';

/** What somebody's years, or those that nobody coaches, add up to. */
type Share = Counted & { key: string };

/** The key of the years that nobody coaches. */
const NOBODY = '';

/**
 * A group for each person who coaches on `today`, and one for the years that nobody coaches; a year
 * with two coordinators counts for both. The transaction has to see one moment throughout.
 */
export async function coordinatorGroups(
  trx: Trx,
  actor: Actor,
  program: Program,
  year: string,
  today: string,
): Promise<Group[]> {
  const people = await coachesOn(trx, program, today, null);
  const names = new Map(people.map(({ id, name }) => [id, name]));
  const shares =
    can(actor, 'reports.read', { program: program.id, state: true }) === 'yes'
      ? await sharesOfAll(trx, actor, program.id, year, people)
      : await sharesWithin(trx, actor, program.id, year, people);
  return byKey(
    shares,
    ({ key }) => key,
    (key) => names.get(key) ?? 'Nobody',
    today,
  );
}

/** Within a few schools or districts, every year is looked at. */
async function sharesWithin(
  trx: Trx,
  actor: Actor,
  program: string,
  year: string,
  people: Coach[],
): Promise<Share[]> {
  const ids = new Map<string, string[]>();
  for (const one of await yearsOf(trx, actor, program, year)) {
    const theirs = new Set(people.filter((coach) => coaches(coach, one)).map((coach) => coach.id));
    for (const key of theirs.size > 0 ? theirs : [NOBODY])
      ids.set(key, [...(ids.get(key) ?? []), one.id]);
  }
  return countGroups(
    trx,
    Array.from(ids, ([key, ids]) => ({ key, ids })),
  );
}

/**
 * Over the whole state, districts are read from what is kept; only the years of schools with a
 * coordinator of their own are counted one by one.
 */
async function sharesOfAll(
  trx: Trx,
  actor: Actor,
  program: string,
  year: string,
  people: Coach[],
): Promise<Share[]> {
  const { rows: places } = await readCounts(trx, program, year, 'places');
  const schools = people.filter(({ kind }) => kind === 'school').map(({ code }) => code);
  const years = await yearsOf(trx, actor, program, year, schools);

  const shares: Share[] = [];
  const single: { key: string; ids: string[] }[] = [];
  for (const [key, roles] of Map.groupBy(people, ({ id }) => id)) {
    const whole = coverage(roles);
    shares.push(...places.filter(whole).map((place) => ({ ...place, key })));
    const theirs = years.filter((one) => !whole(one) && roles.some((role) => coaches(role, one)));
    single.push({ key, ids: theirs.map(({ id }) => id) });
  }
  const whole = coverage(people);
  const nobodys = places.filter((place) => !whole(place));
  const taken = years.filter((one) => !whole(one)).map(({ id }) => id);
  shares.push(...nobodys.map((place) => ({ ...place, key: NOBODY })));
  for (const share of await countGroups(trx, [...single, { key: TAKEN, ids: taken }]))
    shares.push(share.key === TAKEN ? { ...negative(share), key: NOBODY } : share);
  return shares;
}

const TAKEN = 'taken';

/** Whether somebody with these roles coaches a whole district. */
function coverage(roles: Coach[]) {
  const state = roles.some(({ kind }) => kind === 'state');
  const districts = new Set(roles.filter(({ kind }) => kind === 'district').map((r) => r.code));
  return ({ districtCode }: { districtCode: string }) => state || districts.has(districtCode);
}

const negative = <T extends Counted>(counted: T): T => ({
  ...counted,
  counts: Object.fromEntries(Object.entries(counted.counts).map(([key, n]) => [key, -n])),
});

/** The years that the actor may see; of these schools, when they are given. */
function yearsOf(
  trx: Trx,
  actor: Actor,
  program: string,
  year: string,
  schools?: string[],
): Promise<(Organization & { id: string })[]> {
  return trx
    .selectFrom('planningYears as y')
    .select(['y.id', 'y.organizationKind', 'y.organizationCode', 'y.districtCode'])
    .where('y.program', '=', program)
    .where('y.year', '=', year)
    .where((eb) => whereCan(eb, actor, 'reports.read', SCOPE))
    .$if(schools !== undefined, (query) =>
      query
        .where('y.organizationKind', '=', 'school')
        .where((eb) => eb('y.organizationCode', '=', eb.fn.any(eb.val(schools)))),
    )
    .execute();
}

const SCOPE = {
  program: 'y.program',
  district: 'y.districtCode',
  school: 'y.organizationCode',
} as const;
