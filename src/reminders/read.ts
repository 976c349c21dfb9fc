import { sql } from 'kysely';
import type { Pack } from '../../calendar/shape.ts';
import type { DbOrTrx } from '../context.ts';
import { monthOf } from './days.ts';
import { dueOccasions } from './due.ts';
import type { Facts, LedgerRow, TaskFacts } from './facts.ts';
import { NO_RECIPIENT } from './plan.ts';
import { type Window, windowOf } from './window.ts';

/** What {@link planDay} has to know on `today`, in a few queries however many schools there are. */
export async function factsOfDay(db: DbOrTrx, pack: Pack, today: string): Promise<Facts> {
  const program = pack.program.id;
  const years = await selectYears(db)
    .where('y.program', '=', program)
    .where('y.status', '=', 'active')
    .execute();
  const window = windowOf(pack.reminders.rules, today, today);
  const tasks = await tasksOfWindow(db, program, window).execute();
  const assignments = await selectAssignments(db)
    .where('program', '=', program)
    .where('fromOn', '<=', today)
    .where((eb) => eb.or([eb('toOn', 'is', null), eb('toOn', '>=', today)]))
    .execute();
  const held = await ledgerOf(db, program).where('r.status', '=', 'held').execute();
  const others = await ledgerOf(db, program)
    .where('y.status', '=', 'active')
    .where('r.status', '!=', 'held')
    .where(sql<boolean>`r.occasion = any(${occasionsToday(pack, tasks, held, today)}::text[])`)
    .execute();
  return { years: byId(years), tasks, assignments, ledger: [...held, ...others] };
}

/** The open and blocked tasks of a program within a window. */
export const tasksOfWindow = (db: DbOrTrx, program: string, { until, since, lateKinds }: Window) =>
  selectTasks(db)
    .innerJoin('planningYears as y', 'y.id', 't.planningYearId')
    .where('y.program', '=', program)
    .where('y.status', '=', 'active')
    .where('t.status', 'in', ['open', 'blocked'])
    .where((eb) =>
      eb.or([
        eb.between('t.dueOn', since, until),
        eb.and([
          eb('t.dueOn', '<=', until),
          eb('t.status', '=', 'open'),
          sql<boolean>`t.kind = any(${lateKinds}::text[])`,
        ]),
        eb.and([eb('t.dueOn', 'is', null), eb.between('t.month', monthOf(since), monthOf(until))]),
      ]),
    )
    .orderBy('t.planningYearId')
    .orderBy('t.position');

export const selectYears = (db: DbOrTrx) =>
  db
    .selectFrom('planningYears as y')
    .leftJoin('schools as s', (join) =>
      join.onRef('s.code', '=', 'y.organizationCode').on('y.organizationKind', '=', 'school'),
    )
    .innerJoin('districts as d', 'd.code', 'y.districtCode')
    .select(['y.id', 'y.program', 'y.calendarVersion', 'y.organizationKind', 'y.status', 'y.demo'])
    .select(['y.organizationCode', 'y.districtCode'])
    .select((eb) => eb.fn.coalesce('s.name', 'd.name').as('organizationName'));

export const selectTasks = (db: DbOrTrx) =>
  db
    .selectFrom('tasks as t')
    .select(['t.id', 't.planningYearId', 't.taskKey', 't.role', 't.kind', 't.status'])
    .select(['t.month', 't.dueOn', 't.safeBy', 't.position', 't.version']);

export const selectAssignments = (db: DbOrTrx) =>
  db
    .selectFrom('assignments')
    .select(['personId', 'program', 'role', 'organizationKind', 'organizationCode'])
    .select(['fromOn', 'toOn']);

export const selectLedger = (db: DbOrTrx) =>
  db
    .selectFrom('reminders as r')
    .select(['r.id', 'r.planningYearId', 'r.taskId', 'r.role', 'r.personId', 'r.rule'])
    .select(['r.occasion', 'r.dueOn', 'r.status', 'r.messageId'])
    .orderBy('r.id');

export const byId = <T extends { id: string }>(rows: readonly T[]): Map<string, T> =>
  new Map(rows.map((row) => [row.id, row]));

const ledgerOf = (db: DbOrTrx, program: string) =>
  selectLedger(db)
    .innerJoin('planningYears as y', 'y.id', 'r.planningYearId')
    .where('y.program', '=', program);

/** The keys of every occasion that today's plan may compare with the ledger. */
function occasionsToday(
  { reminders: { rules } }: Pack,
  tasks: TaskFacts[],
  held: LedgerRow[],
  today: string,
): string[] {
  return [
    ...new Set([
      ...tasks.flatMap((task) => dueOccasions(rules, task, today).map(({ key }) => key)),
      ...rules.map((rule) => `${rule.id}:${monthOf(today)}`),
      ...[today, ...held.map(({ dueOn }) => dueOn)].map((since) => `${NO_RECIPIENT}:${since}`),
    ]),
  ];
}
