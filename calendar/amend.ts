import type { CalendarTask, Pack } from './shape.ts';
import type { Calendar } from './version.ts';

/**
 * A calendar that years are pinned to, brought to how today's treats the same tasks: their kind, what
 * they open with, what they raise, whether a meeting settles them, and the days of grace. Its words,
 * its dates and its tasks stay as they were when these years began.
 */
export function amended(pinned: Calendar, today: Pick<Pack, 'program' | 'months'>): Calendar {
  const now = new Map(
    today.months.flatMap(({ activities }) =>
      activities.flatMap(({ tasks }) => tasks.map((task) => [task.id, task] as const)),
    ),
  );
  const { months } = today.program;
  return {
    program: {
      ...pinned.program,
      months: { ...pinned.program.months, graceDays: months.graceDays },
    },
    months: pinned.months.map((month) => ({
      ...month,
      activities: month.activities.map((activity) => ({
        ...activity,
        tasks: activity.tasks.map((task) => treatedAs(task, now.get(task.id))),
      })),
    })),
  };
}

/** What the engine does with a task, as against what people read of it. */
const TREATMENT: readonly string[] = [
  'kind',
  'region',
  'raises',
  'suffices',
  'opensWhen',
  'meeting',
];

function treatedAs(task: CalendarTask, today: CalendarTask | undefined): CalendarTask {
  if (!today) return task;
  const own = Object.entries(task).filter(([field]) => !TREATMENT.includes(field));
  const taken = Object.entries(today).filter(([field]) => TREATMENT.includes(field));
  return Object.fromEntries([...own, ...taken]) as CalendarTask;
}
