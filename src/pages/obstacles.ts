import type { Actor } from '../actor.ts';
import { partId } from '../ids.ts';
import { can, type Subject } from '../policy/can.ts';
import type { TaskSight, taskView } from '../tasks/view.ts';
import { taskPath } from './paths.ts';

/** Why a task waits. */
export interface ObstacleView {
  reason: string;
  /** Whose doing would help, where no task of theirs is shown. */
  roles: string[];
  tasks: { title: string; role: string; url: string }[];
}

/** Reasons, each with the tasks whose doing would help, as far as the reader may see those. */
export function obstaclesOf(
  { row, model }: TaskSight,
  { blockedBy }: ReturnType<typeof taskView>,
  reader: Actor,
  subject: Subject,
  words: { base: string; titleOf: (role: string) => string },
): ObstacleView[] {
  const { base, titleOf } = words;
  const known = new Map(model.tasks.map((task) => [partId(row.id, task.key), task]));
  return [...Map.groupBy(blockedBy, ({ reason }) => reason)].map(([reason, some]) => {
    const tasks = some.flatMap(({ task: id }) => {
      const task = id === undefined ? undefined : known.get(id);
      if (!task || can(reader, 'tasks.read', { ...subject, role: task.role }) !== 'yes') return [];
      return [{ title: task.title, role: titleOf(task.role), url: base + taskPath(id!) }];
    });
    const told = new Set(tasks.map(({ role }) => role));
    const roles = new Set(some.flatMap(({ roles }) => roles).map(titleOf));
    return { reason, tasks, roles: [...roles].filter((role) => !told.has(role)) };
  });
}
