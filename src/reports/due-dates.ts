import { sql } from 'kysely';
import type { Trx } from '../context.ts';
import type { YearModel } from '../planning-years/model.ts';
import { canBeLateRow } from '../planning-years/overdue.ts';

/** What the unfinished tasks of a region say of it. */
export interface RegionDue {
  /** The earliest due date of those that are open or blocked; null without any. */
  dueOn: string | null;
  /** One of them is past its due date. */
  overdue: boolean;
}

/** For planning years with their models, the dates of every region. */
export async function dueDates(
  trx: Trx,
  models: Map<{ id: string; calendarVersion: string }, YearModel>,
  today: string,
): Promise<{ get(id: string, region: string): RegionDue }> {
  const ids = [...models.keys()].map(({ id }) => id);
  const { rows } = await sql<RegionDue & { id: string; region: string }>`
    select t.planning_year_id as id, w.region, min(t.due_on) as due_on,
      bool_or(${canBeLateRow} and t.due_on < ${today}) as overdue
    from tasks t
    join planning_years y on y.id = t.planning_year_id
    join jsonb_to_recordset(${JSON.stringify(works(models))}::jsonb)
      as w (version text, task text, region text)
      on w.version = y.calendar_version and w.task = t.task_key
    where t.planning_year_id = any(${ids}::uuid[]) and t.status in ('open', 'blocked')
      and t.due_on is not null
    group by t.planning_year_id, w.region`.execute(trx);
  const byRegion = new Map(rows.map((row) => [`${row.id} ${row.region}`, row]));
  return { get: (id, region) => byRegion.get(`${id} ${region}`) ?? NOTHING };
}

const NOTHING: RegionDue = { dueOn: null, overdue: false };

/** Which task is whose work, by calendar. */
function works(models: Map<{ calendarVersion: string }, YearModel>) {
  const versions = new Map([...models].map(([year, model]) => [year.calendarVersion, model]));
  return [...versions].flatMap(([version, model]) =>
    model.tasks.flatMap((task) =>
      task.regions.map((region) => ({ version, task: task.key, region })),
    ),
  );
}
