import { todayIn } from '../../calendar/dates.ts';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { namedYears } from '../planning-years/find.ts';
import { modelOf } from '../planning-years/models.ts';
import { listTasks } from '../tasks/find.ts';

export interface OpenTask {
  id: string;
  title: string;
  where: string;
  /** `YYYY-MM-DD`; null: nobody has set a date. */
  dueOn: string | null;
  late: boolean;
}

/** Most tasks that are found for each of a person's roles. */
const MOST = 100;

/** What waits for a person in the roles that they hold, by date, what has none last. */
export async function openTasks(
  ctx: Context,
  actor: Actor,
): Promise<{ tasks: OpenTask[]; more: boolean }> {
  const lists = await Promise.all(
    actor.grants.map((grant) => {
      const only = { ...actor, grants: [grant] };
      const query = { role: grant.role, status: 'open' as const, limit: MOST };
      return listTasks(ctx, only, query, null, MOST + 1);
    }),
  );
  const rows = [
    ...new Map(lists.flatMap((list) => list.slice(0, MOST)).map((r) => [r.id, r])).values(),
  ];
  const years = new Map<string, { title: (key: string) => string; where: string; today: string }>();
  for (const year of await namedYears(ctx.db, [
    ...new Set(rows.map((row) => row.planningYearId)),
  ])) {
    const model = await modelOf(ctx.programs, ctx.db, year);
    years.set(year.id, {
      title: (key) => model.task(key).title,
      where: year.organizationName,
      today: todayIn(model.pack.program.zone, ctx.clock.now()),
    });
  }
  const tasks = rows.flatMap(({ id, taskKey, planningYearId, dueOn }) => {
    const year = years.get(planningYearId);
    if (!year) return [];
    const late = dueOn !== null && dueOn < year.today;
    return [{ id, title: year.title(taskKey), where: year.where, dueOn, late }];
  });
  return { tasks: tasks.sort(byDate), more: lists.some((list) => list.length > MOST) };
}

const LAST = '9999';

const byDate = (a: OpenTask, b: OpenTask): number =>
  (a.dueOn ?? LAST).localeCompare(b.dueOn ?? LAST) || a.where.localeCompare(b.where);
