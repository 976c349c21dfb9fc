import type { Pack, TaskKind } from '../../calendar/shape.ts';
import { isId } from '../ids.ts';
import { isOverdue } from '../planning-years/overdue.ts';
import { aimOf, monthOf } from './days.ts';
import type { Facts, LedgerRow, RefusedFacts, TaskFacts, YearFacts } from './facts.ts';
import { type Recipients, recipientsOn } from './recipients.ts';
import { NO_RECIPIENT } from './record.ts';

/** What a reminder is about on the day it goes out, or why it no longer matters. */
export type Matter =
  | { about: 'due' | 'late' | 'month' | 'unset' | 'noRecipient'; tasks: TaskFacts[] }
  | { about: 'refused'; tasks: []; refused: RefusedFacts; roles: string[]; everywhere: boolean }
  | { about: null; reason: DropReason };

/** Why a reminder was dropped, as the ledger tells it. */
export type DropReason =
  | 'yearNotActive'
  | 'noLongerAssigned'
  | 'doneMeanwhile'
  | 'blockedMeanwhile'
  | 'dueDateMoved'
  | 'noLongerDue'
  | 'recipientFound'
  | 'addressMended'
  | 'holderLeft';

/** The facts of one date, ready to be looked up. */
export interface Known {
  today: string;
  recipients: Recipients;
  /** Whether somebody holds a role for the whole state. */
  everywhere(program: string, role: string, person: string): boolean;
  refused(suppression: string): RefusedFacts | undefined;
  task(id: string): TaskFacts | undefined;
  /** Of the row's year and role. */
  tasksOf(row: LedgerRow): readonly TaskFacts[];
  /** Of a planning year, whoever has to do them. */
  tasksIn(planningYear: string): readonly TaskFacts[];
  heldOf(row: LedgerRow): readonly LedgerRow[];
}

export const knownOn = (today: string, facts: Facts): Known =>
  knownAmong(facts.tasks)(today, facts);

/** The same for many dates on which the tasks stay as they are. */
export function knownAmong(all: readonly TaskFacts[]) {
  const tasks = new Map(all.map((task) => [task.id, task]));
  const byRole = Map.groupBy(all, yearAndRole);
  const byYear = Map.groupBy(all, ({ planningYearId }) => planningYearId);
  return (
    today: string,
    { assignments, ledger, refused }: Pick<Facts, 'assignments' | 'ledger' | 'refused'>,
  ): Known => {
    const byAddress = new Map(refused.map((one) => [one.id, one]));
    const held = Map.groupBy(
      ledger.filter(({ status, personId }) => status === 'held' && personId === null),
      yearAndRole,
    );
    return {
      today,
      recipients: recipientsOn(today, assignments),
      everywhere: (program, role, person) =>
        assignments.some(
          (held) =>
            held.organizationKind === 'state' &&
            held.fromOn <= today &&
            (held.toOn === null || today <= held.toOn) &&
            held.personId === person &&
            held.role === role &&
            held.program === program,
        ),
      refused: (id) => byAddress.get(id),
      task: (id) => tasks.get(id),
      tasksOf: (row) => byRole.get(yearAndRole(row)) ?? [],
      tasksIn: (year) => byYear.get(year) ?? [],
      heldOf: (row) => held.get(yearAndRole(row)) ?? [],
    };
  };
}

/** Looks at a scheduled reminder anew: much may have happened since it was recorded. */
export function matterOf(pack: Pack, row: LedgerRow, year: YearFacts, known: Known): Matter {
  if (year.status !== 'active') return dropped('yearNotActive');
  if (row.rule === NO_RECIPIENT) return unreached(pack, row, year, known);
  if (!known.recipients(year, row.role).includes(row.personId ?? ''))
    return dropped('noLongerAssigned');
  const suppression = suppressionIn(row.occasion);
  return suppression === null ? work(pack, row, known) : mend(pack, suppression, year, known);
}

/** The suppression that a reminder of a refused address speaks of; its key is its rule and that. */
export function suppressionIn(occasion: string): string | null {
  const last = occasion.split(':').at(-1)!;
  return isId(last) ? last : null;
}

function mend({ program }: Pack, suppression: string, year: YearFacts, known: Known): Matter {
  const refused = known.refused(suppression);
  if (!refused) return dropped('addressMended');
  const { personId } = refused;
  const roles = program.roles
    .map(({ id }) => id)
    .filter((role) => known.recipients(year, role).includes(personId));
  if (roles.length === 0) return dropped('holderLeft');
  const everywhere = roles.every((role) => known.everywhere(program.id, role, personId));
  return { about: 'refused', tasks: [], refused, roles, everywhere };
}

function work({ reminders }: Pack, row: LedgerRow, known: Known): Matter {
  const rule = reminders.rules.find(({ id }) => id === row.rule);
  if (row.taskId === null)
    return rule?.when === 'monthBegins'
      ? overview(row, rule.kinds, known)
      : rule?.when === 'datesUnset'
        ? unset(row, rule.kinds, known)
        : dropped('noLongerDue');
  const task = known.task(row.taskId);
  if (rule?.when === 'quarterEnds') return quarter(row, task, known);
  if (!task || !isUnfinished(task)) return dropped('doneMeanwhile');
  // A deadline speaks whatever its event waits for.
  if (task.status === 'blocked' && task.kind !== 'deadline') return dropped('blockedMeanwhile');
  if (rule?.when === 'event') return dueOrLate(task, known);
  const counted = rule?.when === 'daysBefore' ? aimOf(task) : task.dueOn;
  if (counted === null || !row.occasion.endsWith(`:${counted}`)) return dropped('dueDateMoved');
  return dueOrLate(task, known);
}

function dueOrLate(task: TaskFacts, { today }: Known): Matter {
  if (isOverdue(task, today)) return { about: 'late', tasks: [task] };
  // An occasion that is over is late for nobody.
  if (task.dueOn !== null && task.dueOn < today) return dropped('noLongerDue');
  return { about: 'due', tasks: [task] };
}

function overview(row: LedgerRow, kinds: readonly TaskKind[], known: Known): Matter {
  const month = monthOfKey(row);
  if (month !== monthOf(known.today)) return dropped('noLongerDue');
  const tasks = known
    .tasksOf(row)
    .filter(
      (task) =>
        isUnfinished(task) &&
        kinds.includes(task.kind) &&
        (monthOfTask(task) === month || isOverdue(task, known.today)),
    );
  return tasks.length > 0 ? { about: 'month', tasks } : dropped('doneMeanwhile');
}

/** What has no date in the year, of whatever role. */
function unset(row: LedgerRow, kinds: readonly TaskKind[], known: Known): Matter {
  if (monthOfKey(row) !== monthOf(known.today)) return dropped('noLongerDue');
  const tasks = known
    .tasksIn(row.planningYearId)
    .filter((task) => isUnfinished(task) && kinds.includes(task.kind) && task.dueOn === null);
  return tasks.length > 0 ? { about: 'unset', tasks } : dropped('doneMeanwhile');
}

function quarter(row: LedgerRow, task: TaskFacts | undefined, known: Known): Matter {
  if (monthOfKey(row) !== monthOf(known.today)) return dropped('noLongerDue');
  return task && isUnfinished(task) ? { about: 'month', tasks: [task] } : dropped('doneMeanwhile');
}

const isUnfinished = ({ status }: TaskFacts): boolean => status === 'open' || status === 'blocked';

/** The month that expects a task: that of its date, or the calendar's while that is not set. */
const monthOfTask = ({ dueOn, month }: TaskFacts): string =>
  dueOn === null ? month : monthOf(dueOn);

/** The key of a month's or a quarter's reminder is its rule and its month. */
const monthOfKey = ({ rule, occasion }: LedgerRow): string => occasion.slice(rule.length + 1);

/** The tasks of a role that nobody holds, as far as reminders of them are held. */
function unreached(pack: Pack, row: LedgerRow, year: YearFacts, known: Known): Matter {
  const coaches = pack.program.roles.filter(({ kind }) => kind === 'coach');
  if (!coaches.some(({ id }) => known.recipients(year, id).includes(row.personId ?? '')))
    return dropped('noLongerAssigned');
  if (known.recipients(year, row.role).length > 0) return dropped('recipientFound');
  const tasks = known.heldOf(row).flatMap((held) => {
    const matter = work(pack, held, known);
    return matter.about === null ? [] : matter.tasks;
  });
  return tasks.length > 0
    ? { about: 'noRecipient', tasks: [...new Set(tasks)] }
    : dropped('doneMeanwhile');
}

const yearAndRole = ({ planningYearId, role }: { planningYearId: string; role: string }): string =>
  `${planningYearId} ${role}`;

const dropped = (reason: DropReason): Matter => ({ about: null, reason });
