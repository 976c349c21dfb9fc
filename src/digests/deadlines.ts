import { oneLine } from './lines.ts';
import type { DigestModel, Item } from './model.ts';

/** A date as a calendar program gets it. Dates are `YYYY-MM-DD`. */
export interface Deadline {
  /** Stays the same whatever changes: the task's id. */
  id: string;
  title: string;
  place: string;
  role: string;
  dueOn: string;
  safeBy: string | null;
  /** Rises with every change. */
  version: number;
}

/** The deadlines to come that a digest names. */
export const deadlinesIn = (model: DigestModel): Deadline[] =>
  model.organizations.flatMap(({ name, due, month, waiting }) =>
    [...due, ...month, ...waiting].filter(isDeadline).map((item) => ({
      id: item.taskId,
      title: oneLine(item.title),
      place: oneLine(name),
      role: oneLine(item.role),
      dueOn: item.dueOn,
      safeBy: item.safeBy,
      version: item.version,
    })),
  );

const isDeadline = (item: Item): item is Item & { dueOn: string } =>
  item.kind === 'deadline' && item.dueOn !== null;
