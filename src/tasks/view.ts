import { etagOf } from '../http/etag.ts';
import { partId } from '../ids.ts';
import { dataAsked } from '../planning-years/event-data.ts';
import type { YearModel } from '../planning-years/model.ts';
import { isOverdue } from '../planning-years/overdue.ts';
import { type Obstacle, obstaclesTo, warningsOf } from '../planning-years/task-standing.ts';
import type { NamedYear } from '../planning-years/view.ts';
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
  const unsettled = ['open', 'blocked', 'preStart'].includes(task.status);
  const obstacles = unsettled ? obstaclesTo(model, row.state, today, about) : [];
  const warnings = unsettled ? warningsOf(model, row.state, today, about.raises) : [];
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
    overdue: isOverdue({ ...task, kind: about.kind }, today),
    blockedBy: obstacles.flatMap((obstacle) => obstacleView(row, model, obstacle)),
    ...(warnings.length > 0 && { warnings }),
    raises: about.raises,
    ...(spec && dataAsked(spec)),
    notes: [...about.notes],
    sources: [...about.sources],
    settled: told ? settlementView(task, about.role) : null,
    version: task.version,
  };
}

const settlementView = ({ settled }: TaskRow, role: string) =>
  settled && { ...settled, onBehalfOf: settled.by.role === role ? null : role };

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
