import { sql } from 'kysely';
import type { DbOrTrx } from '../context.ts';
import type { Programs } from '../programs/programs.ts';
import type { AssignmentFacts, Facts, LedgerRow, RefusedFacts, YearFacts } from './facts.ts';
import { suppressionIn } from './matters.ts';
import { readObstacles, tasksInTheWay } from './obstacles.ts';
import {
  byId,
  selectAssignments,
  selectLedger,
  selectRefused,
  selectTasks,
  selectYears,
} from './read.ts';
import { lastAskedFor } from './waits.ts';

export interface Person {
  id: string;
  name: string;
  email: string;
  demo: boolean;
  /** Null: none was named. */
  language: string | null;
}

/** The reminders of these messages that have not been settled. */
export const remindersOf = (
  db: DbOrTrx,
  messageIds: readonly string[],
): Promise<(LedgerRow & { program: string })[]> =>
  selectLedger(db)
    .innerJoin('planningYears as y', 'y.id', 'r.planningYearId')
    .select('y.program')
    .where(sql<boolean>`r.message_id = any(${messageIds}::uuid[])`)
    .where('r.status', 'in', ['scheduled', 'retrying'])
    .execute();

/**
 * What mails of these reminders have to know on `today`; of the tasks, those they could name: the
 * unfinished ones that are asked for by now, or have no date, and what stands in their way.
 */
export async function factsOfMessages(
  programs: Programs,
  db: DbOrTrx,
  rows: readonly LedgerRow[],
  today: string,
): Promise<Facts> {
  const yearIds = [...new Set(rows.map(({ planningYearId }) => planningYearId))];
  const ofYears = sql<boolean>`planning_year_id = any(${yearIds}::uuid[])`;
  const years = await selectYears(db).where(sql<boolean>`y.id = any(${yearIds}::uuid[])`).execute();
  const held = await selectLedger(db).where('r.status', '=', 'held').where(ofYears).execute();
  const taskIds = [...rows, ...held].flatMap(({ taskId }) => taskId ?? []);
  const named = await selectTasks(db)
    .where(ofYears)
    .where((eb) =>
      eb.or([
        sql<boolean>`t.id = any(${taskIds}::uuid[])`,
        eb.and([
          eb('t.status', 'in', ['open', 'blocked']),
          eb.or([eb('t.dueOn', 'is', null), eb('t.dueOn', '<=', lastAskedFor(today))]),
        ]),
      ]),
    )
    .orderBy('t.planningYearId')
    .orderBy('t.position')
    .execute();
  const obstaclesTo = await readObstacles(programs, db, yearIds);
  const tasks = [...named, ...(await tasksInTheWay(db, named, obstaclesTo, today))];
  const assignments = await assignmentsOver(db, years, today);
  const refused = await refusedIn(db, rows);
  return { years: byId(years), tasks, assignments, ledger: held, refused, obstaclesTo };
}

/** The addresses that reminders speak of, as far as they still refuse mail. */
async function refusedIn(db: DbOrTrx, rows: readonly LedgerRow[]): Promise<RefusedFacts[]> {
  const ids = rows.flatMap(({ occasion }) => suppressionIn(occasion) ?? []);
  if (ids.length === 0) return [];
  return selectRefused(db).where(sql<boolean>`s.id = any(${ids}::uuid[])`).execute();
}

/** Those in force on `today` for these organizations, their districts, or the state. */
async function assignmentsOver(
  db: DbOrTrx,
  years: YearFacts[],
  today: string,
): Promise<AssignmentFacts[]> {
  const programs = [...new Set(years.map(({ program }) => program))];
  const codes = new Set(
    years.flatMap(({ organizationCode, districtCode }) => [organizationCode, districtCode]),
  );
  return selectAssignments(db)
    .where(sql<boolean>`program = any(${programs}::text[])`)
    .where((eb) =>
      eb.or([
        eb('organizationKind', '=', 'state'),
        sql<boolean>`organization_code = any(${[...codes]}::text[])`,
      ]),
    )
    .where('fromOn', '<=', today)
    .where((eb) => eb.or([eb('toOn', 'is', null), eb('toOn', '>=', today)]))
    .execute();
}
