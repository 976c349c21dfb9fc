import { sql } from 'kysely';
import { todayIn } from '../../calendar/dates.ts';
import type { Actor } from '../actor.ts';
import type { Context, DbOrTrx } from '../context.ts';
import { type Lookup, lookUp } from '../db/gathered.ts';
import type { TaskStatus } from '../db/tables.ts';
import { canBeLateRow } from '../planning-years/overdue.ts';
import type { Settlement } from '../planning-years/store.ts';
import type { Subject } from '../policy/can.ts';
import { whereCan } from '../policy/where.ts';
import type { TasksQuery } from './schemas.ts';

/** A task as it is stored. */
export interface TaskRow {
  id: string;
  planningYearId: string;
  taskKey: string;
  dueOn: string | null;
  safeBy: string | null;
  status: TaskStatus;
  settled: Settlement | null;
  version: number;
}

/** Tasks are listed by due date, those without one last, then by id. */
export interface TaskKey {
  dueOn: string | null;
  id: string;
}

/** What the policy asks about a task; null when there is none of this id. */
export async function taskSubject(db: DbOrTrx, id: string | null): Promise<Subject | null> {
  return (id === null ? undefined : await lookUp(db, subjectOfTask, id)) ?? null;
}

const subjectOfTask: Lookup<Subject> = {
  names: 'uuid[]',
  text: `
    select t.id::text as name, json_strip_nulls(json_build_object('program', y.program,
      'district', y.district_code, 'role', t.role,
      'school', case y.organization_kind when 'school' then y.organization_code end)) as found
    from tasks t join planning_years y on y.id = t.planning_year_id
    where t.id = any(@names)`,
};

export async function findTask(db: DbOrTrx, id: string): Promise<TaskRow | undefined> {
  const row = await db.selectFrom('tasks').select(COLUMNS).where('id', '=', id).executeTakeFirst();
  return row as TaskRow | undefined;
}

/** A page of tasks that match and that the actor may see; a vendor sees those of its own role. */
export async function listTasks(
  { db, programs, clock }: Context,
  actor: Actor,
  query: TasksQuery,
  after: TaskKey | null,
  fetch: number,
): Promise<TaskRow[]> {
  let rows = db
    .selectFrom('tasks as t')
    .innerJoin('planningYears as y', 'y.id', 't.planningYearId')
    .select(COLUMNS.map((column) => `t.${column}` as const))
    .where((eb) =>
      whereCan(eb, actor, 'tasks.read', {
        program: 'y.program',
        district: 'y.districtCode',
        school: 'y.organizationCode',
        role: 't.role',
      }),
    )
    .orderBy('t.dueOn', (order) => order.asc().nullsLast())
    .orderBy('t.id')
    .limit(fetch);
  if (after?.dueOn)
    rows = rows.where(
      sql<boolean>`(t.due_on > ${after.dueOn} or t.due_on is null or (t.due_on = ${after.dueOn} and t.id > ${after.id}))`,
    );
  else if (after) rows = rows.where('t.dueOn', 'is', null).where('t.id', '>', after.id);
  if (query.planningYear !== undefined)
    rows = rows.where('t.planningYearId', '=', query.planningYear);
  if (query.school !== undefined) rows = rows.where('y.organizationCode', '=', query.school);
  if (query.district !== undefined) rows = rows.where('y.districtCode', '=', query.district);
  if (query.role !== undefined) rows = rows.where('t.role', '=', query.role);
  if (query.status !== undefined) rows = rows.where('t.status', '=', query.status);
  if (query.kind !== undefined) rows = rows.where('t.kind', '=', query.kind);
  if (query.dueFrom !== undefined) rows = rows.where('t.dueOn', '>=', query.dueFrom);
  if (query.dueTo !== undefined) rows = rows.where('t.dueOn', '<=', query.dueTo);
  if (query.overdue !== undefined) {
    const todays = programs.all.map(({ id, pack }) => ({
      program: id,
      today: todayIn(pack.program.zone, clock.now()),
    }));
    const late = sql<boolean>`(${canBeLateRow} and t.due_on is not null and t.due_on < (
      select p.today from jsonb_to_recordset(${JSON.stringify(todays)}::jsonb)
        as p (program text, today date) where p.program = y.program))`;
    rows = rows.where(query.overdue === 'true' ? late : sql<boolean>`not ${late}`);
  }
  return (await rows.execute()) as TaskRow[];
}

const COLUMNS = [
  'id',
  'planningYearId',
  'taskKey',
  'dueOn',
  'safeBy',
  'status',
  'settled',
  'version',
] as const;
