import { words } from '../../calendar/words.ts';
import type { DbOrTrx } from '../context.ts';
import { readParameters } from '../programs/year-parameters.ts';
import type { TaskSight } from '../tasks/view.ts';

/** What a task is a part of, and what helps with it. */
export interface ActivityView {
  title: string;
  topics: string[];
  /** `url` null: the address of this year has not been set. */
  resources: { title: string; url: string | null }[];
}

export async function activityOf(
  db: DbOrTrx,
  { row, model, task }: TaskSight,
): Promise<ActivityView> {
  const { program, months } = model.pack;
  const id = model.task(task.taskKey).activity;
  const activity = months.flatMap(({ activities }) => activities).find((one) => one.id === id)!;
  const { settings } = await readParameters(db, row.program, row.year);
  const addresses: Record<string, string> = {
    ...settings.program,
    ...settings.districts[row.districtCode],
  };
  return {
    title: words(program, activity.title),
    topics: activity.topics.map((topic) => words(program, topic)),
    resources: activity.resources.map(({ title, parameter }) => ({
      title: words(program, title),
      url: addresses[parameter] ?? null,
    })),
  };
}
