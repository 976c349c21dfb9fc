import { todayIn } from '../../calendar/dates.ts';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { namedYears } from '../planning-years/find.ts';
import type { YearModel } from '../planning-years/model.ts';
import { isOverdue } from '../planning-years/overdue.ts';
import { eachSound } from '../planning-years/sound.ts';
import { setAsideAfter } from '../quarantine/store.ts';
import { listTasks } from '../tasks/find.ts';

export interface OpenTask {
  id: string;
  title: string;
  where: string;
  /** `YYYY-MM-DD`; null: nobody has set a date. */
  dueOn: string | null;
  late: boolean;
  /** A deadline that something else stands in front of: it is told all the same. */
  waits: boolean;
  /** An occasion whose day has passed: that is over, and never late. */
  over: boolean;
}

/** Most tasks of each kind that are found for each of a person's roles. */
const MOST = 100;

/** What waits for somebody: what can be done, and every deadline, whatever stands in its way. */
const WAITING = [{ status: 'open' }, { status: 'blocked', kind: 'deadline' }] as const;

/** What waits for a person in the roles that they hold, by date, what has none last. */
export async function openTasks(
  ctx: Context,
  actor: Actor,
): Promise<{ tasks: OpenTask[]; more: boolean }> {
  const lists = await Promise.all(
    actor.grants.flatMap((grant) => {
      const only = { ...actor, grants: [grant] };
      return WAITING.map((which) =>
        listTasks(ctx, only, { role: grant.role, ...which, limit: MOST }, null, MOST + 1),
      );
    }),
  );
  const rows = [
    ...new Map(lists.flatMap((list) => list.slice(0, MOST)).map((r) => [r.id, r])).values(),
  ];
  const years = new Map<string, { model: YearModel; where: string; today: string }>();
  const ids = [...new Set(rows.map((row) => row.planningYearId))];
  for (const { row, model } of await eachSound(ctx, ctx.db, await namedYears(ctx.db, ids))) {
    try {
      const known = model();
      years.set(row.id, {
        model: known,
        where: row.organizationName,
        today: todayIn(known.pack.program.zone, ctx.clock.now()),
      });
    } catch (error) {
      await setAsideAfter(ctx, error);
    }
  }
  const tasks = rows.flatMap(({ id, taskKey, planningYearId, dueOn, status }) => {
    const year = years.get(planningYearId);
    if (!year) return [];
    const { title, kind } = year.model.task(taskKey);
    const late = isOverdue({ kind, status, dueOn }, year.today);
    const over = dueOn !== null && dueOn < year.today && !late;
    return [{ id, title, where: year.where, dueOn, late, waits: status === 'blocked', over }];
  });
  return { tasks: tasks.sort(byDate), more: lists.some((list) => list.length > MOST) };
}

const LAST = '9999';

const byDate = (a: OpenTask, b: OpenTask): number =>
  (a.dueOn ?? LAST).localeCompare(b.dueOn ?? LAST) || a.where.localeCompare(b.where);
