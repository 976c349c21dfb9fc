import type { Pack } from '../../calendar/shape.ts';
import { giveRole } from '../people/give-role.ts';
import { addPerson } from '../people/person-store.ts';
import type { Program } from '../programs/programs.ts';
import type { DirectoryEntry } from '../schools/read-directory.ts';
import { postCsv } from './api.ts';
import { drawsOf } from './draws.ts';
import type { Person, Post, Tenure } from './people.ts';
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

/** Adds everybody, and gives those who hold a post from the beginning their roles. */
export async function addPeople(
  { ctx }: Stage,
  program: string,
  posts: readonly Post[],
  today: string,
): Promise<Given> {
  const given: Given = { people: new Map(), assignments: new Map() };
  const began = ctx.clock.now().getTime();
  await ctx.db.transaction().execute(async (trx) => {
    for (const { person } of posts.flatMap(({ tenures }) => tenures)) {
      const { number, name, email } = person;
      // One millisecond each: ids are in the order of invention, whatever is random in them.
      const { id } = await addPerson(trx, { name, email }, new Date(began + number));
      given.people.set(person, id);
    }
  });
  for (const post of posts)
    for (const tenure of post.tenures)
      if (tenure.from <= today) await assign({ ctx }, program, given, post, tenure);
  return given;
}

/** Gives a person the role of a post. */
export async function assign(
  { ctx }: Pick<Stage, 'ctx'>,
  program: string,
  given: Given,
  { role, organizations }: Post,
  tenure: Tenure,
): Promise<void> {
  const file = ctx.programs.get(program)!.pack.program;
  const { name, email } = tenure.person;
  const person = { id: given.people.get(tenure.person)!, name, email };
  const ids = await ctx.db.transaction().execute(async (trx) => {
    const added: string[] = [];
    for (const organization of organizations) {
      const span = { role, organization, person, from: tenure.from, to: null };
      added.push((await giveRole(trx, file, span, ctx.clock.now())).id);
    }
    return added;
  });
  given.assignments.set(tenure, ids);
}

/** The first label of that time that opens a planning year. */
function labelOn(pack: Pack, on: string): string {
  const labels = pack.labels.sets.filter((set) => set.from <= on).at(-1)?.labels ?? [];
  const label = labels.find(({ opensPlanningYear }) => opensPlanningYear)?.label;
  if (label === undefined) throw new Error(`No label of ${on} opens a planning year.`);
  return label;
}
