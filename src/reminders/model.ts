import type { Pack } from '../../calendar/shape.ts';
import { countsOf } from '../digests/lines.ts';
import type {
  DigestModel,
  OrganizationDigest,
  RefusedAddress,
  UnsetTask,
} from '../digests/model.ts';
import { kindOf, optionalKinds } from '../programs/optional-kinds.ts';
import type { Facts, LedgerRow, TaskFacts, YearFacts } from './facts.ts';
import { type DropReason, type Known, knownOn, type Matter, matterOf } from './matters.ts';
import { type Looked, organizationDigest, roleTitle, type Sources } from './organization-digest.ts';

/** What the facts do not hold: the programs' data and the words of their calendars. */
export interface Library {
  pack(program: string): Pack | undefined;
  title(
    year: Pick<YearFacts, 'program' | 'calendarVersion'>,
    task: Pick<TaskFacts, 'taskKey'>,
  ): string;
  /** Title of the year's parameter that a task's date comes from; null: it has a date of its own. */
  parameter(
    year: Pick<YearFacts, 'program' | 'calendarVersion'>,
    task: Pick<TaskFacts, 'taskKey'>,
  ): string | null;
}

export interface Composed {
  /** Null: nothing is left to say. */
  model: DigestModel | null;
  kept: string[];
  dropped: { id: string; reason: DropReason }[];
}

/** Makes one person's digest of the reminders that still matter on `today`. */
export function composeDigest(
  name: string,
  rows: readonly LedgerRow[],
  facts: Facts,
  library: Library,
  today: string,
  known: Known = knownOn(today, facts),
): Composed {
  const sources = { facts, library, known };
  const looked = rows.map((row) => {
    const year = facts.years.get(row.planningYearId);
    const pack = year && library.pack(year.program);
    const matter: Matter = pack
      ? matterOf(pack, row, year, known)
      : { about: null, reason: 'yearNotActive' };
    return { row, matter };
  });
  const kept = looked.filter(({ matter }) => matter.about !== null);
  return {
    model: kept.length > 0 ? digest(name, kept, sources) : null,
    kept: kept.map(({ row }) => row.id),
    dropped: looked.flatMap(({ row, matter }) =>
      matter.about === null ? [{ id: row.id, reason: matter.reason }] : [],
    ),
  };
}

/** Each task once, the one that the calendar has first in front, with the places that it is for. */
function unsetAmong(kept: Looked[], { facts, library }: Sources): UnsetTask[] {
  const all = kept.flatMap(({ row, matter }) =>
    matter.about === 'unset'
      ? matter.tasks.map((task) => ({ task, year: facts.years.get(row.planningYearId)! }))
      : [],
  );
  return [...Map.groupBy(all, ({ task, year }) => `${year.program} ${task.taskKey}`).values()]
    .sort(([a], [b]) => a!.task.position - b!.task.position)
    .map((same): UnsetTask => {
      const [{ task, year }] = same as [(typeof all)[number]];
      const places = new Map(same.map((one) => [one.task.id, one]));
      return {
        title: library.title(year, task),
        role: roleTitle(library, year, task.role),
        parameter: library.parameter(year, task),
        places: [...places].map(([taskId, one]) => ({
          taskId,
          planningYearId: one.year.id,
          name: one.year.organizationName,
          code: one.year.organizationCode,
        })),
      };
    });
}

/** Each address once, with the places at which its person holds roles. */
function refusedAmong(kept: Looked[], facts: Facts, library: Library): RefusedAddress[] {
  const all = kept.flatMap(({ row, matter }) =>
    matter.about === 'refused' ? [{ ...matter, year: facts.years.get(row.planningYearId)! }] : [],
  );
  return [...Map.groupBy(all, ({ refused }) => refused.id).values()]
    .map((same): RefusedAddress => {
      const { id, name, address, reason, said } = same[0]!.refused;
      const places = new Map(same.map(({ year }) => [year.id, year.organizationName]));
      return {
        ...{ id, name, address, reason, said },
        roles: sorted(
          same.flatMap(({ year, roles }) => roles.map((role) => roleTitle(library, year, role))),
        ),
        everywhere: same.every(({ everywhere }) => everywhere),
        places: [...places]
          .map(([planningYearId, place]) => ({ planningYearId, name: place }))
          .sort((a, b) => compare(a.name, b.name) || compare(a.planningYearId, b.planningYearId)),
      };
    })
    .sort((a, b) => compare(a.name, b.name) || compare(a.id, b.id));
}

function digest(name: string, kept: Looked[], sources: Sources): DigestModel {
  const { facts, library, known } = sources;
  const ofWork = kept.filter(({ matter }) => matter.about !== 'refused');
  const organizations = [...Map.groupBy(ofWork, ({ row }) => row.planningYearId)].flatMap(
    ([id, ofYear]) => organizationDigest(facts.years.get(id)!, ofYear, sources) ?? [],
  );
  const of = kept.map(({ row, matter }) => {
    const year = facts.years.get(row.planningYearId)!;
    return { row, matter, year, pack: library.pack(year.program)! };
  });
  const packs = [...new Set(of.map(({ pack }) => pack))];
  const roles = of.flatMap(({ row, matter, pack }) =>
    pack.program.roles.filter(({ id, kind }) =>
      matter.about === 'noRecipient' ? kind === 'coach' : id === row.role,
    ),
  );
  const units = new Set(packs.map(({ program }) => program.unit));
  const optional = new Set(packs.flatMap((pack) => optionalKinds(pack).map(({ kind }) => kind)));
  const kinds = new Set(of.map(({ row, pack }) => kindOf(pack.program.id, row.rule)));
  const years = new Map(of.map(({ year, pack }) => [year, pack]));
  const coaches = new Set([...years].flatMap(([year, pack]) => coachesOf(pack, year, known)));
  return {
    name,
    on: known.today,
    unit: units.size === 1 ? [...units][0]! : 'mixed',
    organizations: organizations.sort(byNeed),
    unset: unsetAmong(kept, sources),
    refused: refusedAmong(kept, facts, library),
    programs: sorted(packs.map(({ program }) => program.title)),
    roles: sorted([...roles.map(({ title }) => title), ...organizations.flatMap(ownRoles)]),
    agencies: sorted(packs.map(({ program }) => program.agency.name)),
    coordinator:
      coaches.size === 1 && !coaches.has(kept[0]!.row.personId!) ? [...coaches][0]! : null,
    optionalKinds: kinds.isSubsetOf(optional) ? [...kinds].sort() : null,
  };
}

/** Titles of the reader's roles that something is told of. */
const ownRoles = ({ waitingOnYou, late, due, month, waiting }: OrganizationDigest): string[] =>
  [waitingOnYou, late, due, month, waiting].flatMap((items) =>
    items.filter(({ own }) => own).map(({ role }) => role),
  );

/** Who coordinates the organization of a year today. */
const coachesOf = ({ program }: Pack, year: YearFacts, known: Known): string[] =>
  program.roles
    .filter(({ kind }) => kind === 'coach')
    .flatMap(({ id }) => known.recipients(year, id));

const sorted = (titles: string[]): string[] => [...new Set(titles)].sort();

/** Who has most that is late first, then what is due first, then by name. */
const byNeed = (a: OrganizationDigest, b: OrganizationDigest): number =>
  countsOf([b]).late - countsOf([a]).late ||
  compare(a.due[0]?.dueOn ?? '9999', b.due[0]?.dueOn ?? '9999') ||
  compare(a.name, b.name) ||
  compare(a.code, b.code);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
