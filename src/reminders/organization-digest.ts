import type { Pack } from '../../calendar/shape.ts';
import type { HoldUp, Item, OrganizationDigest, OtherEnd } from '../digests/model.ts';
import { isOverdue } from '../planning-years/overdue.ts';
import { isNarrow } from '../policy/table.ts';
import { daysBetween } from './days.ts';
import type { Facts, LedgerRow, TaskFacts, YearFacts } from './facts.ts';
import type { Known, Matter } from './matters.ts';
import type { Library } from './model.ts';
import { rolesHeldOn } from './recipients.ts';
import { DAYS_NEAR, type Hindrance, type Waits, waitsIn } from './waits.ts';

/** A reminder that was looked at anew. */
export interface Looked {
  row: LedgerRow;
  matter: Matter;
}

/** What a digest is composed from. */
export interface Sources {
  facts: Facts;
  library: Library;
  known: Known;
}

/**
 * What one person is told of one planning year; null: nothing. A digest tells all that is late of the
 * person's own roles there, and whoever coaches it of everybody's, whatever brought the digest about;
 * a mail outside it tells only what it is for. A task is listed by what it is today, once.
 */
export function organizationDigest(
  year: YearFacts,
  ofYear: readonly Looked[],
  { facts, library, known }: Sources,
): OrganizationDigest | null {
  const pack = library.pack(year.program)!;
  const waits = waitsIn(year, facts, known);
  const sight: Sight = {
    ...{ year, library, waits, today: known.today },
    reader: readerOf(pack, year, ofYear[0]!.row.personId, facts, known),
  };
  const isDigest = ofYear.some(({ row }) => row.delivery === 'digest');
  const due = new Set(tasksAbout(ofYear, 'due'));
  const listed = (task: TaskFacts) => listOf(task, due.has(task), known.today);

  const first = isDigest ? holding(sight) : [];
  const told = [
    ...tasksAbout(ofYear, 'late', 'due', 'month'),
    ...(isDigest ? overdue(sight, known) : []),
  ];
  const rest = inOrder(told.filter((task) => !first.includes(task))).map((task) => {
    const [list, item] = [listed(task), itemOf(task, sight)];
    const isWaiting = list === 'month' && task.status === 'blocked' && waitsOnOthers(item);
    return { list: isWaiting ? ('waiting' as const) : list, item };
  });
  const items = (list: HoldUp['as'] | 'waiting') =>
    rest.filter((one) => one.list === list).map(({ item }) => item);
  const digest: OrganizationDigest = {
    planningYearId: year.id,
    name: year.organizationName,
    code: year.organizationCode,
    waitingOnYou: first.map((task) => ({
      ...itemOf(task, sight),
      as: listed(task),
      holdsUp: inOrder(waits.held.get(task) ?? []).map((one) => endAt(one, sight)),
    })),
    late: items('late'),
    due: items('due'),
    month: items('month'),
    waiting: items('waiting'),
    unreached: unreached(year, ofYear, library),
  };
  return saysNothing(digest) ? null : digest;
}

export const roleTitle = (
  library: Library,
  { program }: Pick<YearFacts, 'program'>,
  role: string,
): string => library.pack(program)?.program.roles.find(({ id }) => id === role)?.title ?? role;

/** One person's view of one year on one day. */
interface Sight {
  year: YearFacts;
  library: Library;
  waits: Waits;
  today: string;
  reader: Reader;
}

interface Reader {
  /** The roles that the person holds there. */
  roles: ReadonlySet<string>;
  coaches: boolean;
  /** Whether tasks of other roles may be looked at, too. */
  seesAll: boolean;
}

function readerOf(
  { program }: Pack,
  year: YearFacts,
  person: string | null,
  facts: Facts,
  known: Known,
): Reader {
  const rolesOf = rolesOn.get(known) ?? rolesHeldOn(known.today, facts.assignments);
  rolesOn.set(known, rolesOf);
  const roles = rolesOf(year, person ?? '');
  const held = program.roles.filter(({ id }) => roles.has(id));
  return {
    roles,
    coaches: held.some(({ kind }) => kind === 'coach'),
    seesAll: held.some(({ kind }) => !isNarrow(kind)),
  };
}

const rolesOn = new WeakMap<Known, ReturnType<typeof rolesHeldOn>>();

const tasksAbout = (ofYear: readonly Looked[], ...what: Matter['about'][]): TaskFacts[] =>
  ofYear.flatMap(({ matter }) =>
    matter.about !== null && what.includes(matter.about) ? matter.tasks : [],
  );

/** What the reader can do now and others wait for. */
const holding = ({ waits, reader }: Sight): TaskFacts[] =>
  inOrder([...waits.held.keys()].filter(({ role }) => reader.roles.has(role)));

const overdue = ({ year, reader, today }: Sight, known: Known): TaskFacts[] =>
  known
    .tasksIn(year.id)
    .filter(({ role }) => reader.coaches || reader.roles.has(role))
    .filter((task) => isOverdue(task, today));

/** @param told whether a reminder says that it is due */
function listOf(task: TaskFacts, told: boolean, today: string): HoldUp['as'] {
  if (isOverdue(task, today)) return 'late';
  const daysLeft = task.dueOn === null ? -1 : daysBetween(today, task.dueOn);
  return told || (daysLeft >= 0 && daysLeft <= NEAR[task.kind]) ? 'due' : 'month';
}

/** So many days before its date a task is due soon. */
const NEAR: Record<TaskFacts['kind'], number> = { deadline: DAYS_NEAR, occasion: 7, expected: -1 };

/** What waits for nothing but other work of the reader's own is the reader's to do. */
const waitsOnOthers = ({ waitsOn }: Item): boolean =>
  waitsOn.length === 0 || waitsOn.some(({ own }) => !own);

/** Each task once, the one due first in front. */
const inOrder = (tasks: readonly TaskFacts[]): TaskFacts[] =>
  [...new Set(tasks)].sort(
    (a, b) => compare(a.dueOn ?? '9999', b.dueOn ?? '9999') || a.position - b.position,
  );

function itemOf(task: TaskFacts, sight: Sight): Item {
  const { year, library, today, reader } = sight;
  return {
    taskId: task.id,
    title: library.title(year, task),
    role: roleTitle(library, year, task.role),
    own: reader.roles.has(task.role),
    kind: task.kind,
    dueOn: task.dueOn,
    safeBy: task.safeBy,
    daysLeft: task.dueOn === null ? null : daysBetween(today, task.dueOn),
    version: task.version,
    waitsOn: endsOf(task, sight),
  };
}

/** What a task waits for, each thing once. */
function endsOf(task: TaskFacts, sight: Sight): OtherEnd[] {
  const ends = sight.waits.of(task).flatMap((hindrance) => endsAt(hindrance, sight));
  return [...new Map(ends.map((end) => [`${end.taskId} ${end.title}`, end])).values()];
}

const endsAt = ({ reason, tasks, roles }: Hindrance, sight: Sight): OtherEnd[] =>
  tasks.length > 0
    ? tasks.map((task) => endAt(task, sight))
    : [
        {
          roles: roles.map((role) => roleTitle(sight.library, sight.year, role)),
          title: reason,
          taskId: null,
          own: false,
        },
      ];

function endAt(task: TaskFacts, { year, library, reader }: Sight): OtherEnd {
  const own = reader.roles.has(task.role);
  return {
    roles: [roleTitle(library, year, task.role)],
    title: library.title(year, task),
    taskId: own || reader.seesAll ? task.id : null,
    own,
  };
}

function unreached(year: YearFacts, ofYear: readonly Looked[], library: Library) {
  const tasks = new Map<string, number>();
  for (const { row, matter } of ofYear)
    if (matter.about === 'noRecipient') tasks.set(row.role, matter.tasks.length);
  return [...tasks]
    .map(([role, count]) => ({ role: roleTitle(library, year, role), tasks: count }))
    .sort((a, b) => compare(a.role, b.role));
}

const saysNothing = (digest: OrganizationDigest): boolean =>
  Object.values(digest).every((part) => !Array.isArray(part) || part.length === 0);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
