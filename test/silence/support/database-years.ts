import { sql } from 'kysely';
import type { RoleKind } from '../../../calendar/shape.ts';
import { type Actor, actorWith } from '../../../src/actor.ts';
import { refusalOf } from '../../../src/planning-years/door.ts';
import type { TaskModel } from '../../../src/planning-years/model.ts';
import type { YearState } from '../../../src/planning-years/state.ts';
import { together } from '../../../src/planning-years/together.ts';
import { can } from '../../../src/policy/can.ts';
import type { Program } from '../../../src/programs/programs.ts';
import { post, postCsv } from '../../../src/simulate/api.ts';
import { scopeOfAll } from '../../../src/simulate/hands.ts';
import { playMorning } from '../../../src/simulate/morning.ts';
import type { Organization, Post } from '../../../src/simulate/people.ts';
import { addPeople, importSchools } from '../../../src/simulate/set-up.ts';
import type { Stage } from '../../../src/simulate/stage.ts';
import { Stopwatch } from '../../../src/simulate/stopwatch.ts';
import { dateOf, plus } from './expectation/dates.ts';
import { lastDayOf } from './expectation/deadlines.ts';
import { completionOf } from './paper-school.ts';
import type { PlayedYear } from './play.ts';
import type { PlayedSchool } from './schools.ts';

/** What came of the years in the database: how many tries, and all that was refused. */
export interface Replayed {
  tries: number;
  refusals: string[];
  /** As their logs tell them at the end, by the school's code. */
  states: Map<string, YearState>;
  watch: Stopwatch;
}

/**
 * Plays years that were played in memory once more, many side by side in one database: opened by a
 * file of designations, marked done through the door on the same afternoons, reminded of by the scan
 * and its mails. One school year follows the other.
 */
export async function replay(
  stage: Stage,
  program: Program,
  years: readonly PlayedYear[],
): Promise<Replayed> {
  const replayed: Replayed = {
    ...{ tries: 0, refusals: [], states: new Map(), watch: new Stopwatch() },
  };
  const schools = years.map(({ school }) => school);
  const bySchoolYear = Map.groupBy(years, ({ school }) => school.school.begins);
  const inOrder = [...bySchoolYear].sort(([a], [b]) => a - b);
  const first = firstDayOf(inOrder[0]![0]);
  stage.clock.set(program.pack.program.zone, first, '00:30');
  await replayed.watch.time('setUp', () => setUp(stage, program, schools, first));
  for (const [, ofYear] of inOrder) await replayYear(stage, program, ofYear, replayed);
  return replayed;
}

async function replayYear(
  stage: Stage,
  program: Program,
  years: readonly PlayedYear[],
  replayed: Replayed,
): Promise<void> {
  const { clock, ctx } = stage;
  const { zone } = program.pack.program;
  const { digestAt } = program.pack.reminders;
  const { watch } = replayed;
  const schools = years.map(({ school }) => school);
  const first = firstDayOf(schools[0]!.school.begins);
  const last = plus(lastDayOf(schools[0]!.school), 7);
  clock.set(zone, first, '00:30');
  await watch.time('setUp', () => setDates(stage, program, schools));
  const open = new Map<string, string>();
  for (let today = first; today <= last; today = plus(today, 1)) {
    clock.set(zone, today, '00:30');
    const opening = schools.filter(({ opensOn }) => opensOn === today);
    if (opening.length > 0)
      await watch.time('setUp', () => designate(stage, program, opening, open));
    // PostgreSQL takes its statistics by the wall clock, by which the year is over in no time.
    if (today.endsWith('-01')) await watch.time('analyze', () => sql`analyze`.execute(ctx.db));
    await playMorning(stage, zone, today, digestAt, watch);
    await watch.time('tries', () =>
      tryWhatIsAskedFor(stage, program, years, today, open, replayed),
    );
    clock.set(zone, today, '16:00');
    await watch.time('acts', () => act(stage, program, years, today, open));
  }
  for (const { school, state } of await statesOfYear(stage, schools[0]!.year))
    replayed.states.set(school, state);
}

const firstDayOf = (begins: number): string => dateOf(begins, 10, 1);

/** The organizations of all years, and people who stay in their roles. */
async function setUp(
  stage: Stage,
  program: Program,
  schools: readonly PlayedSchool[],
  today: string,
): Promise<void> {
  await importSchools(
    stage,
    program,
    schools.map(({ code, district }) => ({
      ...{ code, districtCode: district, districtName: `District ${district}` },
      ...{ name: `School ${code}`, city: 'Town', county: 'County', schoolType: 'School' },
      ...{ grades: 'K - 8', enrollment: null },
    })),
  );
  await addPeople(stage, program.id, postsFor(program, schools, today), today);
}

/** What is set anew for a school year. */
async function setDates(
  stage: Stage,
  program: Program,
  schools: readonly PlayedSchool[],
): Promise<void> {
  const districts = Object.fromEntries(
    schools.map(({ district, parameters: { planningGrantDue: _, ...dates } }) => [district, dates]),
  );
  const [{ parameters, year }] = schools as [PlayedSchool];
  const { planningGrantDue } = parameters;
  const reply = await stage.app.inject({
    ...{ method: 'PUT', url: `/v1/programs/${program.id}/years/${year}/parameters` },
    headers: { authorization: `Bearer ${stage.adminKey}`, 'if-match': '*' },
    payload: { program: planningGrantDue ? { planningGrantDue } : {}, districts },
  });
  if (reply.statusCode !== 200) throw new Error(`The dates were refused: ${reply.body}`);
}

/** Everybody but the vendors, who have no deadlines. */
function postsFor(program: Program, schools: readonly PlayedSchool[], since: string): Post[] {
  const { agency, roles } = program.pack.program;
  const districts = [...new Set(schools.map(({ district }) => district))];
  const placesOf = (kind: RoleKind): Organization[] => {
    switch (kind) {
      case 'state':
        return [{ kind: 'state', code: agency.code }];
      case 'coach':
      case 'local':
        return districts.map((code) => ({ kind: 'district', code }));
      case 'school':
      case 'team':
        return schools.map(({ code }) => ({ kind: 'school', code }));
      default:
        return [];
    }
  };
  let number = 0;
  return roles.flatMap(({ id: role, kind }) =>
    placesOf(kind).map((place): Post => {
      number += 1;
      const person = {
        ...{ number, role, kind, organizations: [place], absences: [] },
        ...{ name: `Person ${number}`, email: addressOf(role, place) },
        character: 'prompt' as const,
      };
      const tenures = [{ person, from: since, to: null }];
      return { role, organizations: [place], vendor: null, tenures };
    }),
  );
}

/** Whoever holds a role somewhere, by their address. */
export const addressOf = (role: string, { code }: Pick<Organization, 'code'>): string =>
  `${role}-${code}@example.org`.toLowerCase();

/** Opens the years of these schools as a state does: by a file, and one by one before the release. */
async function designate(
  stage: Stage,
  program: Program,
  schools: readonly PlayedSchool[],
  open: Map<string, string>,
): Promise<void> {
  const told = (value: boolean | null) => (value === null ? '' : value ? 'yes' : 'no');
  const { true: released = [], false: early = [] } = Object.groupBy(schools, (school) =>
    school.released ? 'true' : 'false',
  );
  for (const { code, year, given } of early)
    await post(stage, stage.adminKey, '/v1/planning-years', {
      ...{ program: program.id, year, school: code, designation: 'Comprehensive', ...given },
    });
  const rows = released.map(({ code, opensOn, given }) => ({
    ...{ rcdts: code, designation: 'Comprehensive', released_on: opensOn },
    newly_designated: told(given.newlyDesignated),
    resource_allocation_review: told(given.resourceAllocationReview),
  }));
  if (rows.length > 0) await postCsv(stage, `/v1/imports/designations?program=${program.id}`, rows);
  const years = await stage.ctx.db
    .selectFrom('planningYears')
    .select(['id', 'organizationCode'])
    .where('year', '=', schools[0]!.year)
    .execute();
  for (const { id, organizationCode } of years) open.set(organizationCode, id);
}

/** The years know nothing of each other, so they go side by side; what is done in one goes in order. */
async function act(
  { ctx }: Stage,
  program: Program,
  years: readonly PlayedYear[],
  today: string,
  open: ReadonlyMap<string, string>,
): Promise<void> {
  await Promise.all(
    years.map(async ({ school, year: { model }, acts }) => {
      for (const { on, task } of acts)
        if (on === today)
          await together(ctx, {
            ...{ id: open.get(school.code)!, command: completionOf(model, task) },
            actor: actorOf(program, school, task),
          });
    }),
  );
}

/** Whoever was told of a deadline this morning is let in by the policy, and by the door. */
async function tryWhatIsAskedFor(
  { ctx }: Stage,
  program: Program,
  years: readonly PlayedYear[],
  today: string,
  open: ReadonlyMap<string, string>,
  replayed: Replayed,
): Promise<void> {
  for (const { school, year, told } of years) {
    const asked = year.deadlines.filter(({ key, role }) =>
      ['near', 'late'].some((why) => told.includes(`${today} ${key} ${why} ${role}`)),
    );
    for (const task of asked) {
      const actor = actorOf(program, school, task);
      const { code, district } = school;
      const subject = { program: program.id, district, school: code, role: task.role };
      const command = completionOf(year.model, task);
      const refusal = await refusalOf(ctx, ctx.db, { id: open.get(code)!, command, actor });
      replayed.tries += 1;
      const line = `${code} ${today} ${task.key}`;
      if (refusal) replayed.refusals.push(`${line}: ${refusal.message}`);
      if (can(actor, 'tasks.settle', subject) !== 'yes')
        replayed.refusals.push(`${line}: not for the role ${task.role}`);
    }
  }
}

function actorOf({ id, pack }: Program, school: PlayedSchool, { role }: TaskModel): Actor {
  const { kind } = pack.program.roles.find((each) => each.id === role)!;
  const grant = { kind, role, program: id, scope: scopeOfAll([placeOf(kind, school)]) };
  return actorWith(`test:${role}`, grant);
}

/** Where the holder of a role has it, for a school. */
export function placeOf(kind: RoleKind, { code, district }: PlayedSchool): Organization {
  switch (kind) {
    case 'state':
      return { kind: 'state', code: 'ISBE' };
    case 'coach':
    case 'local':
      return { kind: 'district', code: district };
    default:
      return { kind: 'school', code };
  }
}

async function statesOfYear({ ctx }: Stage, year: string) {
  const rows = await ctx.db
    .selectFrom('planningYears')
    .select(['organizationCode as school', 'state'])
    .where('year', '=', year)
    .execute();
  return rows.map(({ school, state }) => ({ school, state: state as unknown as YearState }));
}
