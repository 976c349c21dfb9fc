import type { Pack } from '../../calendar/shape.ts';
import type { Context } from '../context.ts';
import { newId } from '../ids.ts';
import { knownOf, saveAssignments } from '../people/import-assignments.ts';
import { planAssignments } from '../people/plan-assignments.ts';
import type { Program } from '../programs/programs.ts';
import type { DirectoryEntry } from '../schools/read-directory.ts';
import { post, postCsv } from './api.ts';
import { drawsOf } from './draws.ts';
import type { Person, Post, Tenure } from './people.ts';
import type { SchoolYear } from './school-year.ts';
import type { Stage } from './stage.ts';

/** Ids that the system gave, by what they stand for. */
export interface Given {
  people: Map<Person, string>;
  assignments: Map<Tenure, string[]>;
}

/** Sends the directory as a state would. */
export async function importSchools(
  stage: Stage,
  { id, pack }: Program,
  schools: readonly DirectoryEntry[],
): Promise<void> {
  const { columns } = pack.program.directory;
  const rows = schools.map((school) =>
    Object.fromEntries(
      Object.entries(columns).map(([field, column]) => [
        column,
        String(school[field as keyof DirectoryEntry] ?? ''),
      ]),
    ),
  );
  await postCsv(stage, `/v1/imports/schools?program=${id}`, rows);
}

/** Designates every school, which opens its year. What is not known yet is left empty. */
export async function importDesignations(
  stage: Stage,
  { id, pack }: Program,
  schools: readonly DirectoryEntry[],
  releasedOn: string,
  seed: number,
): Promise<void> {
  const names = pack.program.designationColumns;
  const rows = schools.map(({ code }) => ({
    [names.code]: code,
    [names.designation]: labelOn(pack, releasedOn),
    [names.releasedOn]: releasedOn,
    ...Object.fromEntries(
      pack.program.facts.flatMap(({ id: fact, given }) =>
        given
          ? [
              [
                given.column,
                drawsOf(seed, 'fact', code, fact).pick(['', 'true', 'false', 'true', 'false']),
              ],
            ]
          : [],
      ),
    ),
  }));
  await postCsv(stage, `/v1/imports/designations?program=${id}`, rows);
}

/** Adds everybody, and gives those who hold a post from the beginning their roles, as by one file. */
export async function addPeople(
  { ctx }: Stage,
  program: string,
  posts: readonly Post[],
  today: string,
): Promise<Given> {
  const people = posts.flatMap(({ tenures }) => tenures.map(({ person }) => person));
  const given: Given = { people: await insertPeople(ctx, people), assignments: new Map() };
  const holding = posts.flatMap((post) =>
    post.tenures.filter(({ from }) => from <= today).map((tenure) => ({ post, tenure })),
  );
  await assign(ctx, program, given, holding);
  return given;
}

async function insertPeople(ctx: Context, people: readonly Person[]): Promise<Given['people']> {
  const began = ctx.clock.now();
  // One millisecond each: ids are in the order of invention, whatever is random in them.
  const rows = people.map(({ number, name, email }) => ({
    ...{ id: newId(new Date(began.getTime() + number)), name, email, demo: false },
    ...{ version: 1, createdAt: began },
  }));
  for (let at = 0; at < rows.length; at += BATCH)
    await ctx.db
      .insertInto('people')
      .values(rows.slice(at, at + BATCH))
      .execute();
  return new Map(people.map((person, at) => [person, rows[at]!.id]));
}

// A statement takes 65,535 parameters at most.
const BATCH = 5_000;

export interface Holding {
  post: Post;
  tenure: Tenure;
}

/** Gives people the roles of their posts, by the rules and in the statements of an import. */
export async function assign(
  ctx: Context,
  program: string,
  given: Given,
  holding: readonly Holding[],
): Promise<void> {
  if (holding.length === 0) return;
  const file = ctx.programs.get(program)!.pack.program;
  const rows = holding.flatMap(({ post: { role, organizations, vendor }, tenure }) =>
    vendor === null
      ? organizations.map(({ code }) => ({ tenure, code, role }))
      : [{ tenure, code: vendor, role }],
  );
  const lines = rows.map(({ tenure: { person, from }, code, role }, at) => {
    const { name, email } = person;
    return { row: at, code, role, name, email, from, to: null };
  });
  await ctx.db.transaction().execute(async (trx) => {
    const known = await knownOf(trx, file, lines);
    const plan = planAssignments(lines, known, file);
    if (plan.rejected.length > 0) throw new Error(`No role: ${plan.rejected[0]!.detail}`);
    const changes = await saveAssignments(trx, program, plan.changes, ctx.clock.now());
    for (const { change, row, id } of changes) {
      if (change !== 'created') continue;
      const { tenure } = rows[row]!;
      given.assignments.set(tenure, [...(given.assignments.get(tenure) ?? []), id!]);
    }
  });
}

/** Adds the vendors that posts are at. */
export async function addVendors(stage: Stage, posts: readonly Post[]): Promise<void> {
  for (const { vendor } of posts)
    if (vendor !== null)
      await post(stage, stage.adminKey, '/v1/vendors', { code: vendor, name: `Example ${vendor}` });
}

/** Contracts for all years of the districts that a vendor works for, proposed as they are opened. */
export async function addContracts(
  stage: Stage,
  years: readonly SchoolYear[],
  posts: readonly Post[],
  proposedOn: string,
): Promise<void> {
  for (const { vendor, organizations } of posts) {
    if (vendor === null) continue;
    const districts = organizations.map(({ code }) => code);
    for (const { school, year } of years)
      if (districts.includes(school.districtCode))
        await post(stage, stage.adminKey, '/v1/contracts', {
          ...{ vendor, planningYear: year.row.id, proposedOn },
        });
  }
}

/** The first label of that time that opens a planning year. */
function labelOn(pack: Pack, on: string): string {
  const labels = pack.labels.sets.filter((set) => set.from <= on).at(-1)?.labels ?? [];
  const label = labels.find(({ opensPlanningYear }) => opensPlanningYear)?.label;
  if (label === undefined) throw new Error(`No label of ${on} opens a planning year.`);
  return label;
}
