import type { Pack } from '../../calendar/shape.ts';
import type { DigestModel, Item, OrganizationDigest, RefusedAddress } from '../digests/model.ts';
import { kindOf, optionalKinds } from '../programs/optional-kinds.ts';
import { daysBetween } from './days.ts';
import type { Facts, LedgerRow, TaskFacts, YearFacts } from './facts.ts';
import { type DropReason, type Known, knownOn, type Matter, matterOf } from './matters.ts';

/** What the facts do not hold: the programs' data and the words of their calendars. */
export interface Library {
  pack(program: string): Pack | undefined;
  title(
    year: Pick<YearFacts, 'program' | 'calendarVersion'>,
    task: Pick<TaskFacts, 'taskKey'>,
  ): string;
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
  const looked = rows.map((row) => {
    const year = facts.years.get(row.planningYearId);
    const pack = year && library.pack(year.program);
    const matter: Matter = pack
      ? matterOf(pack, row, year, known)
      : { about: null, reason: 'yearNotActive' };
    return { row, matter };
  });
  const kept = looked.filter(({ matter }) => matter.about !== null);
  const ofWork = kept.filter(({ matter }) => matter.about !== 'refused');
  const byYear = Map.groupBy(ofWork, ({ row }) => row.planningYearId);
  const organizations = [...byYear].map(([id, ofYear]) =>
    organization(facts.years.get(id)!, ofYear, library, today),
  );
  return {
    model: kept.length > 0 ? digest(name, kept, organizations, facts, library, today, known) : null,
    kept: kept.map(({ row }) => row.id),
    dropped: looked.flatMap(({ row, matter }) =>
      matter.about === null ? [{ id: row.id, reason: matter.reason }] : [],
    ),
  };
}

interface Looked {
  row: LedgerRow;
  matter: Matter;
}

function organization(
  year: YearFacts,
  ofYear: Looked[],
  library: Library,
  today: string,
): OrganizationDigest {
  const about = (what: 'late' | 'due' | 'month'): TaskFacts[] =>
    inOrder(ofYear.flatMap(({ matter }) => (matter.about === what ? matter.tasks : [])));
  const items = (tasks: TaskFacts[]): Item[] =>
    tasks.map((task) => item(year, task, library, today));
  const [late, due] = [about('late'), about('due')];
  // Each thing is said once, where it matters most.
  const month = about('month').filter((task) => !late.includes(task) && !due.includes(task));
  return {
    planningYearId: year.id,
    name: year.organizationName,
    code: year.organizationCode,
    late: items(late),
    due: items(due),
    month: items(month.filter(({ status }) => status === 'open')),
    waiting: items(month.filter(({ status }) => status === 'blocked')),
    unreached: unreached(year, ofYear, library),
  };
}

/** Each task once, the one due first in front. */
const inOrder = (tasks: TaskFacts[]): TaskFacts[] =>
  [...new Set(tasks)].sort(
    (a, b) => compare(a.dueOn ?? '9999', b.dueOn ?? '9999') || a.position - b.position,
  );

const item = (year: YearFacts, task: TaskFacts, library: Library, today: string): Item => ({
  taskId: task.id,
  title: library.title(year, task),
  role: roleTitle(library, year, task.role),
  kind: task.kind,
  dueOn: task.dueOn,
  safeBy: task.safeBy,
  daysLeft: task.dueOn === null ? null : daysBetween(today, task.dueOn),
  version: task.version,
});

function unreached(year: YearFacts, ofYear: Looked[], library: Library) {
  const tasks = new Map<string, number>();
  for (const { row, matter } of ofYear)
    if (matter.about === 'noRecipient') tasks.set(row.role, matter.tasks.length);
  return [...tasks]
    .map(([role, count]) => ({ role: roleTitle(library, year, role), tasks: count }))
    .sort((a, b) => compare(a.role, b.role));
}

/** Each address once, with the places at which its person holds roles. */
function refusedAmong(kept: Looked[], facts: Facts, library: Library): RefusedAddress[] {
  const all = kept.flatMap(({ row, matter }) =>
    matter.about === 'refused' ? [{ ...matter, year: facts.years.get(row.planningYearId)! }] : [],
  );
  return [...Map.groupBy(all, ({ refused }) => refused.id).values()]
    .map((same): RefusedAddress => {
      const { id, name, address, said } = same[0]!.refused;
      const places = new Map(same.map(({ year }) => [year.id, year.organizationName]));
      return {
        ...{ id, name, address, said },
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

function digest(
  name: string,
  kept: Looked[],
  organizations: OrganizationDigest[],
  facts: Facts,
  library: Library,
  today: string,
  known: Known,
): DigestModel {
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
    on: today,
    unit: units.size === 1 ? [...units][0]! : 'mixed',
    organizations: organizations.sort(byNeed),
    refused: refusedAmong(kept, facts, library),
    programs: sorted(packs.map(({ program }) => program.title)),
    roles: sorted(roles.map(({ title }) => title)),
    agencies: sorted(packs.map(({ program }) => program.agency.name)),
    coordinator:
      coaches.size === 1 && !coaches.has(kept[0]!.row.personId!) ? [...coaches][0]! : null,
    optionalKinds: kinds.isSubsetOf(optional) ? [...kinds].sort() : null,
  };
}

/** Who coordinates the organization of a year today. */
const coachesOf = ({ program }: Pack, year: YearFacts, known: Known): string[] =>
  program.roles
    .filter(({ kind }) => kind === 'coach')
    .flatMap(({ id }) => known.recipients(year, id));

const sorted = (titles: string[]): string[] => [...new Set(titles)].sort();

/** What is late first, then what is due first, then by name. */
const byNeed = (a: OrganizationDigest, b: OrganizationDigest): number =>
  b.late.length - a.late.length ||
  compare(a.due[0]?.dueOn ?? '9999', b.due[0]?.dueOn ?? '9999') ||
  compare(a.name, b.name) ||
  compare(a.code, b.code);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const roleTitle = (library: Library, year: YearFacts, role: string): string =>
  library.pack(year.program)?.program.roles.find(({ id }) => id === role)?.title ?? role;
