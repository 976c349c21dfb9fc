import { type RawBuilder, sql } from 'kysely';
import type { TaskKind } from '../../calendar/shape.ts';
import type { TaskStatus } from '../db/tables.ts';

/** What of a task tells whether it is late. */
export interface Dated {
  kind: TaskKind;
  status: TaskStatus;
  /** `YYYY-MM-DD`, or null while it has no date. */
  dueOn: string | null;
}

/**
 * Whether a task that has such a kind and status is late once its date has passed: what is open, and
 * a deadline whatever stands in its way. An occasion is over with its day, and never late.
 */
export const canBeLate = ({ kind, status }: Omit<Dated, 'dueOn'>): boolean =>
  (status === 'open' && kind !== 'occasion') || (status === 'blocked' && kind === 'deadline');

/** Whether a task is overdue on `today`, a date in its program's zone. */
export const isOverdue = (task: Dated, today: string): boolean =>
  task.dueOn !== null && task.dueOn < today && canBeLate(task);

/** {@link canBeLate} of a row `t` of the task list. */
export const canBeLateRow: RawBuilder<boolean> = sql<boolean>`(
  t.status = 'open' and t.kind <> 'occasion' or t.status = 'blocked' and t.kind = 'deadline')`;
