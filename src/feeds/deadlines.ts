import { sql } from 'kysely';
import type { DbOrTrx } from '../context.ts';
import type { Deadline } from '../digests/deadlines.ts';
import { oneLine } from '../digests/lines.ts';
import type { Programs } from '../programs/programs.ts';
import { todayOf } from '../programs/today.ts';
import { libraryFor } from '../reminders/library.ts';

/**
 * What somebody has to do by a date: the deadlines and dated occasions, not done yet, of the roles that they hold today,
 * for a school, a district or the state. What is done or no longer theirs falls away.
 */
export async function deadlinesOf(
  db: DbOrTrx,
  programs: Programs,
  personId: string,
  now: Date,
): Promise<Deadline[]> {
  const todays = programs.all.map(({ id }) => ({ program: id, today: todayOf(programs, id, now) }));
  const { rows } = await sql<Row>`
    select distinct on (t.due_on, t.id) t.id, t.task_key as "taskKey", t.role, t.due_on as "dueOn",
      t.safe_by as "safeBy", y.program, y.calendar_version as "calendarVersion",
      coalesce(s.name, d.name) as place,
      t.version + coalesce(s.version, 0) as version,
      greatest(y.updated_at, s.updated_at) as "changedAt"
    from held_roles a
    join jsonb_to_recordset(${JSON.stringify(todays)}::jsonb) as p (program text, today date)
      on p.program = a.program
    join planning_years y on y.program = a.program and y.status = 'active'
      and (a.organization_kind = 'state'
        or (a.organization_kind, a.organization_code) in
          ((y.organization_kind, y.organization_code), ('district', y.district_code)))
    join tasks t on t.planning_year_id = y.id and t.role = a.role and t.kind in ('deadline', 'occasion')
      and t.status in ('open', 'blocked') and t.due_on is not null
    join districts d on d.code = y.district_code
    left join schools s on s.code = y.organization_code and y.organization_kind = 'school'
    where a.person_id = ${personId} and a.from_on <= p.today
      and (a.to_on is null or a.to_on >= p.today)
    order by t.due_on, t.id`.execute(db);
  const library = await libraryFor(programs, db, rows);
  return rows.map(({ taskKey, role, program, calendarVersion, place, ...row }) => ({
    ...row,
    title: oneLine(library.title({ program, calendarVersion }, { taskKey })),
    place: oneLine(place),
    role: oneLine(roleTitle(programs, program, role)),
  }));
}

interface Row {
  id: string;
  taskKey: string;
  role: string;
  dueOn: string;
  safeBy: string | null;
  program: string;
  calendarVersion: string;
  place: string;
  /** Of the task and of the school, whose name is told: it rises when either changes. */
  version: number;
  changedAt: Date;
}

const roleTitle = (programs: Programs, program: string, role: string): string =>
  programs.get(program)?.pack.program.roles.find(({ id }) => id === role)?.title ?? role;
