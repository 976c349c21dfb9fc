import { sql } from 'kysely';
import { dateIn, todayIn } from '../../calendar/dates.ts';
import type { DemoFile } from '../../calendar/shape.ts';
import { actorWith } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import { newId } from '../ids.ts';
import { currentModel } from '../planning-years/models.ts';
import { insertNew, newYear } from '../planning-years/open.ts';
import type { Program } from '../programs/programs.ts';
import { yearUnderWay } from '../programs/year-under-way.ts';
import { play } from './play.ts';

/**
 * Fills an empty database with every program's demonstration: invented schools and people, standing
 * where a real year would stand today.
 * @returns whether it did; a database that holds anything already is left alone
 */
export async function loadDemoIfEmpty(ctx: Context): Promise<boolean> {
  return ctx.db.transaction().execute(async (trx) => {
    // Two processes may start on the same empty database.
    await sql`select pg_advisory_xact_lock(hashtext('planning-year demo'))`.execute(trx);
    if (!(await isEmpty(trx))) return false;
    for (const program of ctx.programs.all)
      if (program.pack.demo) await loadDemo(ctx, trx, program, program.pack.demo);
    return true;
  });
}

async function isEmpty(trx: Trx): Promise<boolean> {
  const { rows } = await sql<{ empty: boolean }>`
    select not exists (select from schools) and not exists (select from people)
      and not exists (select from planning_years) as empty`.execute(trx);
  return rows[0]?.empty === true;
}

async function loadDemo(ctx: Context, trx: Trx, program: Program, demo: DemoFile): Promise<void> {
  const now = ctx.clock.now();
  await loadDirectory(trx, program, demo, now);
  await loadPeople(trx, program, demo, now);
  await loadYears(trx, ctx, program, demo, now);
  await loadVendors(trx, program, demo, now);
}

async function loadDirectory(trx: Trx, { pack }: Program, demo: DemoFile, now: Date) {
  const { districtPattern } = pack.program.directory;
  await trx
    .insertInto('districts')
    .values(demo.districts.map(({ code, name }) => ({ code, name, demo: true })))
    .execute();
  await trx
    .insertInto('schools')
    .values(
      demo.schools.map(({ code, name, schoolType, grades, enrollment }) => {
        const districtCode = new RegExp(districtPattern).exec(code)?.[1] ?? '';
        const { county, city } = demo.districts.find((district) => district.code === districtCode)!;
        return {
          ...{ code, districtCode, name, city, county, schoolType, grades, enrollment },
          ...{ demo: true, version: 1, updatedAt: now },
        };
      }),
    )
    .execute();
}

async function loadPeople(trx: Trx, { id: program }: Program, demo: DemoFile, now: Date) {
  const people = demo.people.map((person) => ({ ...person, id: newId(now) }));
  await trx
    .insertInto('people')
    .values(
      people.map(({ id, name, email }) => ({
        ...{ id, name, email, demo: true, version: 1, createdAt: now },
      })),
    )
    .execute();
  await trx
    .insertInto('assignments')
    .values(
      people.flatMap((person) =>
        person.assignments.map(({ role, organization }) => ({
          ...{ id: newId(now), personId: person.id, program, role },
          ...{ organizationKind: organization.kind, organizationCode: organization.code },
          ...{ fromOn: '2020-07-01', toOn: null, demo: true, version: 1 },
        })),
      ),
    )
    .execute();
}

/** With a contract for each planning year of their districts' schools, proposed as that was opened. */
async function loadVendors(trx: Trx, { id: program }: Program, demo: DemoFile, now: Date) {
  if (demo.vendors.length === 0) return;
  await trx
    .insertInto('vendors')
    .values(
      demo.vendors.map(({ code, name }) => ({
        code,
        name,
        demo: true,
        version: 1,
        updatedAt: now,
      })),
    )
    .execute();
  const years = await trx
    .selectFrom('planningYears')
    .select(['id', 'districtCode', 'openedOn'])
    .where('program', '=', program)
    .execute();
  await trx
    .insertInto('contracts')
    .values(
      demo.vendors.flatMap(({ code, districts }) =>
        years
          .filter(({ districtCode }) => districts.includes(districtCode))
          .map(({ id, openedOn }) => ({
            ...{ id: newId(now), vendorCode: code, planningYearId: id, proposedOn: openedOn },
            ...{ signedOn: null, toOn: null, version: 1, updatedAt: now },
          })),
      ),
    )
    .execute();
}

async function loadYears(trx: Trx, ctx: Context, program: Program, demo: DemoFile, now: Date) {
  const { zone } = program.pack.program;
  const current = latestReleased(program, demo, todayIn(zone, now));
  const schools = demo.schools.flatMap(({ code, year }) => (year ? [{ code, ...year }] : []));
  const made = schools.map(({ code, standing, facts }) => {
    const name = standing === 'done' ? yearBefore(current) : current;
    const model = currentModel(ctx.programs, program.id, name);
    const releasedOn = dateIn(program.pack.program, name, demo.releasedOn);
    const districtCode =
      new RegExp(program.pack.program.directory.districtPattern).exec(code)?.[1] ?? '';
    const writing = newYear(
      model,
      {
        program: program.id,
        year: name,
        organization: { kind: 'school', code, districtCode, demo: true },
        designation: callsForYear(program, releasedOn),
        releasedOn,
        given: facts,
      },
      actorWith('demo', { kind: 'system', role: 'demo', program: null, scope: { all: true } }),
      new Date(`${releasedOn}T15:00:00Z`),
    );
    play(writing, standing, now, (at) => todayIn(zone, at));
    return writing;
  });
  await insertNew(trx, made, now);
}

/** The latest planning year whose designations are out on `today`. */
function latestReleased({ pack }: Program, demo: DemoFile, today: string): string {
  const year = yearUnderWay(pack.program, today);
  return dateIn(pack.program, year, demo.releasedOn) <= today ? year : yearBefore(year);
}

function yearBefore(year: string): string {
  const first = Number(year.slice(0, 4));
  return `${first - 1}-${String(first % 100).padStart(2, '0')}`;
}

/** The first label of that time that opens a planning year. */
function callsForYear({ pack }: Program, on: string): string {
  const labels = pack.labels.sets.filter((set) => set.from <= on).at(-1)?.labels ?? [];
  const label = labels.find(({ opensPlanningYear }) => opensPlanningYear)?.label;
  if (label === undefined) throw new Error(`No label of ${on} opens a planning year.`);
  return label;
}
