import type { TaskKind } from '../../calendar/shape.ts';
import type {
  AddressesToMendView,
  Delivery,
  ReminderStatus,
  TaskStatus,
  YearStatus,
} from '../db/tables.ts';
import type { ObstaclesTo } from './obstacles.ts';

/** What reminders look at, as the database has it. Dates are `YYYY-MM-DD`. */
export interface Facts {
  years: ReadonlyMap<string, YearFacts>;
  tasks: readonly TaskFacts[];
  assignments: readonly AssignmentFacts[];
  ledger: readonly LedgerRow[];
  refused: readonly RefusedFacts[];
  obstaclesTo: ObstaclesTo;
}

/** An address that refuses mail, and whose it is. */
export interface RefusedFacts {
  /** Of the suppression. */
  id: string;
  personId: string;
  name: string;
  address: string;
  reason: AddressesToMendView['reason'];
  /** The mail server's words. */
  said: string;
}

export interface YearFacts {
  id: string;
  program: string;
  calendarVersion: string;
  organizationKind: 'school' | 'district';
  organizationCode: string;
  organizationName: string;
  districtCode: string;
  status: YearStatus;
  demo: boolean;
}

export interface TaskFacts {
  id: string;
  planningYearId: string;
  taskKey: string;
  role: string;
  kind: TaskKind;
  month: string;
  dueOn: string | null;
  safeBy: string | null;
  status: TaskStatus;
  position: number;
  version: number;
}

export interface AssignmentFacts {
  personId: string;
  program: string;
  role: string;
  organizationKind: 'state' | 'district' | 'school';
  organizationCode: string;
  fromOn: string;
  toOn: string | null;
}

export interface LedgerRow {
  id: string;
  planningYearId: string;
  taskId: string | null;
  role: string;
  personId: string | null;
  rule: string;
  occasion: string;
  dueOn: string;
  delivery: Delivery;
  status: ReminderStatus;
  messageId: string | null;
}
