import { etagOf } from '../http/etag.ts';
import { partId } from '../ids.ts';
import { dataAsked } from '../planning-years/event-data.ts';
import type { YearModel } from '../planning-years/model.ts';
import { type Obstacle, obstaclesTo } from '../planning-years/task-standing.ts';
import { isOverdue, type NamedYear } from '../planning-years/view.ts';
import type { TaskRow } from './find.ts';

/** Everything that a view of a task depends on, beside who looks. */
export interface TaskSight {
  task: TaskRow;
  row: NamedYear;
  model: YearModel;
  today: string;
}

/** Its own version for writers; what blocks it changes with the year, what is late with the date. */
export const taskEtag = ({ task, row, today }: TaskSight): string =>
  etagOf(task.version, String(row.headSeq), today.replaceAll('-', ''));

/** @param told whether the reader is told who settled it, and in which words */
export function taskView({ task, row, model, today }: TaskSight, told = true) {
  const about = model.task(task.taskKey);
  const may = task.status === 'blocked' || task.status === 'preStart';
  const obstacles = may ? obstaclesTo(model, row.state, today, about) : [];
  const spec = about.raises ? model.event(about.raises)?.spec : undefined;
  return {
    id: task.id,
    planningYear: task.planningYearId,
    school: row.organizationKind === 'school' ? row.organizationCode : null,
    activity: about.activity,
    role: about.role,
    title: about.title,
    scope: about.scope,
    kind: about.kind,
    dueOn: task.dueOn,
    safeBy: task.safeBy,
    status: task.status,
    overdue: isOverdue(task.status, task.dueOn, today),
    blockedBy: obstacles.flatMap((obstacle) => obstacleView(row, model, obstacle)),
    raises: about.raises,
    ...(spec && dataAsked(spec)),
    notes: [...about.notes],
    sources: [...about.sources],
    settled: told ? task.settled : null,
    version: task.version,
  };
}

/** One line for each task that would help, or one for the reason alone. */
function obstacleView(
  row: NamedYear,
  model: YearModel,
  { reason, tasks, roles }: Obstacle,
): { reason: string; task?: string; roles: string[] }[] {
  if (tasks.length === 0) return [{ reason, roles }];
  return tasks.map((key) => ({
    reason,
    task: partId(row.id, key),
    roles: [model.task(key).role],
  }));
}
