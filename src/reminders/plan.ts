import type { Pack } from '../../calendar/shape.ts';
import { dueOccasions, monthOccasions, type Occasion } from './due.ts';
import type { Facts, LedgerRow, TaskFacts, YearFacts } from './facts.ts';
import { type Recipients, recipientsOn } from './recipients.ts';

/** What one day adds to the ledger. */
export interface DayPlan {
  /** Rows to write: `scheduled` for a person, or `held` because nobody holds the role. */
  rows: NewReminder[];
  /** Held rows for which there is now a person. */
  found: { id: string; personId: string }[];
  /** Held rows whose occasion has passed. */
  passed: string[];
}

export interface NewReminder
  extends Omit<LedgerRow, 'id' | 'status' | 'messageId' | 'personId' | 'dueOn'> {
  personId: string | null;
}

/** The rule of the rows that tell a coordinator whose mail would reach nobody. */
export const NO_RECIPIENT = 'noRecipient';

/**
 * What of a program's reminders is due today and not in the ledger yet. `facts` hold the program's
 * active years with the tasks of the day's window (see `read.ts`), the assignments, and of the
 * program's ledger at least what speaks of these occasions and everything held.
 */
export function planDay(pack: Pack, facts: Facts, today: string): DayPlan {
  const recipients = recipientsOn(today, facts.assignments);
  const ledger = Map.groupBy(facts.ledger, (row) => occasionId(row));
  const coaches = pack.program.roles.filter(({ kind }) => kind === 'coach').map(({ id }) => id);
  const current = new Set<string>();
  const plan: DayPlan = { rows: [], found: [], passed: [] };

  for (const [, tasks] of Map.groupBy(facts.tasks, (t) => `${t.planningYearId} ${t.role}`)) {
    const { planningYearId, role } = tasks[0]!;
    const year = facts.years.get(planningYearId);
    if (year?.status !== 'active' || year.program !== pack.program.id) continue;
    const people = recipients(year, role);
    let heldSince = '';
    for (const occasion of occasionsOf(pack, planningYearId, role, tasks, today)) {
      current.add(occasionId(occasion));
      const rows = ledger.get(occasionId(occasion)) ?? [];
      if (people.length > 0) toPeople(plan, occasion, rows, people);
      else heldSince = latest(heldSince, hold(plan, occasion, rows, today));
    }
    if (heldSince) tell(plan, ledger, year, role, heldSince, coaches, recipients);
  }

  plan.passed = facts.ledger
    .filter((row) => row.status === 'held' && !current.has(occasionId(row)))
    .filter((row) => isOfProgram(pack, facts.years.get(row.planningYearId)))
    .map(({ id }) => id);
  return plan;
}

/** A year that the facts do not hold is no longer active. */
const isOfProgram = ({ program }: Pack, year: YearFacts | undefined): boolean =>
  year === undefined || year.program === program.id;

type Due = Omit<NewReminder, 'personId'>;

function occasionsOf(
  { reminders: { rules } }: Pack,
  planningYearId: string,
  role: string,
  tasks: TaskFacts[],
  today: string,
): Due[] {
  const due = (taskId: string | null, { rule, key }: Occasion): Due => ({
    planningYearId,
    taskId,
    role,
    rule,
    occasion: key,
  });
  return [
    ...tasks.flatMap((task) => dueOccasions(rules, task, today).map((o) => due(task.id, o))),
    ...monthOccasions(rules, tasks, today).map((occasion) => due(null, occasion)),
  ];
}

/** One row for each person who has none; the first of them takes over what was held. */
function toPeople(plan: DayPlan, due: Due, rows: LedgerRow[], people: readonly string[]): void {
  let held = rows.find(({ status }) => status === 'held');
  for (const personId of people) {
    if (rows.some((row) => row.personId === personId)) continue;
    if (held) plan.found.push({ id: held.id, personId });
    else plan.rows.push({ ...due, personId });
    held = undefined;
  }
}

/** Holds an occasion that reached nobody; the date since when, or '' when somebody was reached. */
function hold(plan: DayPlan, due: Due, rows: LedgerRow[], today: string): string {
  const told = rows.find(({ status }) => status !== 'dropped');
  if (told) return told.status === 'held' ? told.dueOn : '';
  if (rows.some(({ personId }) => personId === null)) return '';
  plan.rows.push({ ...due, personId: null });
  return today;
}

/** Tells the year's coordinators, once for each day that brought something to hold. */
function tell(
  plan: DayPlan,
  ledger: ReadonlyMap<string, LedgerRow[]>,
  year: YearFacts,
  role: string,
  heldSince: string,
  coaches: string[],
  recipients: Recipients,
): void {
  const due: Due = {
    planningYearId: year.id,
    taskId: null,
    role,
    rule: NO_RECIPIENT,
    occasion: `${NO_RECIPIENT}:${heldSince}`,
  };
  const people = new Set(coaches.flatMap((coach) => recipients(year, coach)));
  toPeople(plan, due, ledger.get(occasionId(due)) ?? [], [...people].sort());
}

const latest = (a: string, b: string): string => (a > b ? a : b);

const occasionId = (row: Due): string =>
  [row.planningYearId, row.role, row.taskId, row.occasion].join(' ');
