import { fileURLToPath } from 'node:url';
import { loadPack } from '../../calendar/load.ts';

/** Where Illinois' program lies. */
export const folder = fileURLToPath(new URL('../../calendar/isbe-comprehensive', import.meta.url));

export const pack = await loadPack(folder);

/** Its activities with their month, and its tasks with month and activity. */
export const activities = pack.months.flatMap(({ month, activities }) =>
  activities.map((activity) => ({ month, ...activity })),
);
export const tasks = activities.flatMap(({ month, id, tasks }) =>
  tasks.map((task) => ({ ...task, month, activity: id })),
);
export const task = (id: string) => {
  const found = tasks.find((each) => each.id === id);
  if (!found) throw new Error(`There is no task ${id}`);
  return found;
};
