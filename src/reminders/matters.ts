import type { Pack } from '../../calendar/shape.ts';
import { daysBetween, monthOf } from './days.ts';
import { isExpected } from './due.ts';
import type { Facts, LedgerRow, TaskFacts, YearFacts } from './facts.ts';
import { NO_RECIPIENT } from './plan.ts';
import { type Recipients, recipientsOn } from './recipients.ts';

/** What a reminder is about on the day it goes out, or why it no longer matters. */
export type Matter =
  | { about: 'due' | 'late' | 'month' | 'noRecipient'; tasks: TaskFacts[] }
  | { about: null; reason: DropReason };

/** Why a reminder was dropped, as the ledger tells it. */
export type DropReason =
  | 'yearNotActive'
  | 'noLongerAssigned'
  | 'doneMeanwhile'
  | 'blockedMeanwhile'
  | 'dueDateMoved'
  | 'noLongerDue'
  | 'recipientFound';

/** The facts of one date, ready to be looked up. */
export interface Known {
  today: string;
  recipients: Recipients;
  task(id: string): TaskFacts | undefined;
  tasksOf(row: LedgerRow): readonly TaskFacts[];
  heldOf(row: LedgerRow): readonly LedgerRow[];
}

export function knownOn(today: string, facts: Facts): Known {
  const tasks = new Map(facts.tasks.map((task) => [task.id, task]));
  const byRole = Map.groupBy(facts.tasks, yearAndRole);
  const held = Map.groupBy(
    facts.ledger.filter(({ status }) => status === 'held'),
    yearAndRole,
  );
  return {
    today,
    recipients: recipientsOn(today, facts.assignments),
    task: (id) => tasks.get(id),
    tasksOf: (row) => byRole.get(yearAndRole(row)) ?? [],
    heldOf: (row) => held.get(yearAndRole(row)) ?? [],
  };
}

/** Looks at a scheduled reminder anew: much may have happened since it was recorded. */
export function matterOf(pack: Pack, row: LedgerRow, year: YearFacts, known: Known): Matter {
  if (year.status !== 'active') return dropped('yearNotActive');
  if (row.rule === NO_RECIPIENT) return unreached(pack, row, year, known);
  if (!known.recipients(year, row.role).includes(row.personId ?? ''))
    return dropped('noLongerAssigned');
  return work(pack, row, known);
}

function work(pack: Pack, row: LedgerRow, known: Known): Matter {
  if (row.taskId === null) return month(pack, row, known);
  const task = known.task(row.taskId);
  if (task?.status === 'blocked') return dropped('blockedMeanwhile');
  if (task?.status !== 'open') return dropped('doneMeanwhile');
  if (task.dueOn === null || !row.occasion.endsWith(`:${task.dueOn}`))
    return dropped('dueDateMoved');
  return { about: daysBetween(known.today, task.dueOn) < 0 ? 'late' : 'due', tasks: [task] };
}

function month({ reminders }: Pack, row: LedgerRow, known: Known): Matter {
  const rule = reminders.rules.find(({ id }) => id === row.rule);
  const month = row.occasion.slice(row.rule.length + 1);
  if (!rule || month !== monthOf(known.today)) return dropped('noLongerDue');
  const tasks = known.tasksOf(row).filter((task) => isExpected(rule, task, month));
  return tasks.length > 0 ? { about: 'month', tasks } : dropped('doneMeanwhile');
}

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
