import type { ProgramFile } from '../../calendar/shape.ts';
import type { Rejected } from '../http/csv.ts';
import { type Closed, closedInWords } from '../schools/closed.ts';
import { type Work, workAtOnce, workInTurns } from '../turns.ts';
import type { AssignmentLine } from './read-assignments.ts';
import { misplaced } from './role-places.ts';
import { type Change, changeOf, entryOf, type Span, takeAll, type Wish } from './timeline.ts';

export interface AssignmentPlan {
  /** By row; what a row ends comes before what it creates. */
  changes: Change[];
  /** Rows that say what is so already. */
  unchanged: number;
  rejected: Rejected[];
}

/** What a file of assignments is held against. */
export interface Known {
  organizations: ReadonlyMap<string, Span['organization']>;
  /** Of these, the schools that have closed. */
  closed: ReadonlyMap<string, Closed>;
  /** By address in lower case. */
  people: ReadonlyMap<string, Span['person']>;
  /** All that was ever held at the file's organizations. */
  held: readonly Span[];
}

/**
 * What a file of assignments would change. A row that says what is so already changes nothing; one
 * with a last day ends what is open. Some roles are held by one person at a time: there
 * an open assignment lasts until the day before the next person's begins, whichever of the two
 * the file tells of. A stated last day is never moved on account of another person.
 */
export const planAssignments = (...all: Parameters<typeof planning>): AssignmentPlan =>
  workAtOnce(planning(...all));

/** The same for a file of any size, in turns with whatever else is asked of the process. */
export const planFile = (...all: Parameters<typeof planning>): Promise<AssignmentPlan> =>
  workInTurns(planning(...all), ROWS_PER_TURN);

const ROWS_PER_TURN = 200;

function* planning(
  lines: readonly AssignmentLine[],
  known: Known,
  program: ProgramFile,
): Work<AssignmentPlan> {
  const single = rolesOfOne(program);
  const { spans, rejected } = yield* wishesOf(lines, known, program);
  const held = Map.groupBy(known.held, placeOf);
  const plan: AssignmentPlan = { changes: [], unchanged: 0, rejected };
  for (const [place, wishes] of Map.groupBy(spans, ({ span }) => placeOf(span))) {
    const timeline = (held.get(place) ?? []).map(entryOf);
    const isSingle = single.has(wishes[0]!.span.role);
    const taken = wishes.slice(0, MOST_AT_A_PLACE);
    plan.rejected.push(...wishes.slice(MOST_AT_A_PLACE).map(tooManyThere));
    const { unchanged, rejected } = yield* takeAll(timeline, taken, isSingle);
    plan.unchanged += unchanged;
    plan.rejected.push(...rejected);
    plan.changes.push(...timeline.flatMap(changeOf));
  }
  plan.changes.sort((a, b) => a.row - b.row || compare(b.change, a.change));
  return plan;
}

/** The roles that one person holds at a time at an organization. */
const rolesOfOne = ({ roles }: ProgramFile): ReadonlySet<string> =>
  new Set(roles.filter(({ kind }) => kind === 'coach').map(({ id }) => id));

/** Rows of one file about one role at one place: every row is held against all others there. */
const MOST_AT_A_PLACE = 200;

const tooManyThere = ({ row, span: { role, organization } }: Wish): Rejected => ({
  row,
  code: 'too-many-rows',
  detail: `is more than the ${MOST_AT_A_PLACE}th row about the role ${role} at ${organization.code}; send it in another file`,
});

/** The rows whose organization and person are known, or new under one name. */
function* wishesOf(
  lines: readonly AssignmentLine[],
  { organizations, closed, people }: Known,
  program: ProgramFile,
): Work<{ spans: Wish[]; rejected: Rejected[] }> {
  const named = new Map(people);
  const spans: Wish[] = [];
  const rejected: Rejected[] = [];
  for (const { row, code, role, name, email, from, to } of lines) {
    yield;
    const organization = organizations.get(code);
    const over = closed.get(code);
    const address = email.toLowerCase();
    const person = named.get(address) ?? { id: null, name, email };
    const fault = organization && misplaced(program, role, organization.kind);
    if (!organization)
      rejected.push({
        row,
        code: 'unknown-organization',
        detail: `${JSON.stringify(code)} is neither a school nor a district of the directory, nor a vendor, nor the agency; import the directory first, or correct the code`,
      });
    else if (fault)
      rejected.push({
        row,
        code: 'misplaced-role',
        detail: `role ${JSON.stringify(role)} ${fault}`,
      });
    else if (over && (to === null || to >= over.closedOn))
      rejected.push({
        row,
        code: 'school-closed',
        detail: `${closedInWords(code, over)}; name an open school, or a last day before that`,
      });
    else if (person.name.normalize() !== name.normalize())
      rejected.push({
        row,
        code: 'name-differs',
        detail: `${email} is ${JSON.stringify(person.name)} ${person.id ? 'here' : 'in an earlier row'}; correct the name or the address, or rename the person first`,
      });
    else {
      named.set(address, person);
      spans.push({ row, span: { id: null, organization, role, person, from, to } });
    }
  }
  return { spans, rejected };
}

const placeOf = ({ organization: { kind, code }, role }: Span): string =>
  [kind, role, code].join(' ');

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
