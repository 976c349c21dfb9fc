import type { MonthFile } from './shape.ts';

/** The ids of the tasks that are named, by their own ids or by events that they raise. */
export const namedTasks = (months: readonly MonthFile[], names: readonly string[]): string[] =>
  months
    .flatMap(({ activities }) => activities.flatMap(({ tasks }) => tasks))
    .filter(({ id, raises }) => names.includes(id) || (raises && names.includes(raises)))
    .map(({ id }) => id);
