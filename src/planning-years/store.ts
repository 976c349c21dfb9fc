import { sql } from 'kysely';
import type { TaskKind, TaskScope } from '../../calendar/shape.ts';
import type { Witness } from '../actor.ts';
import type { DbOrTrx, Trx } from '../context.ts';
import type { TaskStatus, YearStatus } from '../db/tables.ts';
import { type Reason, reasonAside } from '../quarantine/store.ts';
import type { Evidence } from './decide.ts';
import type { LogEntry, YearState } from './state.ts';

/** A planning year as it is stored. */
export interface YearRow {
  id: string;
  program: string;
  year: string;
  organizationKind: 'school' | 'district';
  organizationCode: string;
  districtCode: string;
  status: YearStatus;
  state: YearState;
  version: number;
  headSeq: number;
  headHash: Buffer;
  calendarVersion: string;
  machineVersion: string;
  openedOn: string;
  /** The dates set for its organization, by parameter. */
  parameters: Record<string, string>;
  clockOn: string | null;
  demo: boolean;
  updatedAt: Date;
  /** Why it is set aside, and is neither shown nor written; null or left out: it is not. */
  aside?: Reason | null;
}

/** One row of the task list that changed with its year. */
export interface TaskChange {
  key: string;
  status: TaskStatus;
  dueOn: string | null;
  safeBy: string | null;
  settled: Settlement | null;
}

/** Who settled a task, when and with what. */
export interface Settlement {
  by: Witness;
  recordedAt: string;
  effectiveOn: string;
  note: string | null;
  evidence: Evidence[];
}

export interface SealedEntry {
  entry: LogEntry;
  text: string;
  hash: Buffer;
}

export async function findYear(db: DbOrTrx, id: string): Promise<YearRow | undefined> {
  return (await findYears(db, [id])).get(id);
}

export async function findYears(db: DbOrTrx, ids: string[]): Promise<Map<string, YearRow>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('planningYears')
    .selectAll()
    .select(reasonAside('planningYear', sql`id`).as('aside'))
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .execute();
  return new Map(rows.map((row) => [row.id, row as YearRow]));
}

/** The log of a year up to an instant, oldest first. */
export async function readLog(db: DbOrTrx, id: string, asOf?: Date): Promise<LogEntry[]> {
  let query = db
    .selectFrom('logEntries')
    .select('entry')
    .where('planningYearId', '=', id)
    .orderBy('seq');
  if (asOf) query = query.where('recordedAt', '<=', asOf);
  const rows = await query.execute();
  return rows.map((row) => JSON.parse(row.entry) as LogEntry);
}

/** Notes that time has nothing to bring to a year before `clockOn`. */
export async function setClock(trx: DbOrTrx, id: string, clockOn: string | null): Promise<void> {
  await trx.updateTable('planningYears').set({ clockOn }).where('id', '=', id).execute();
}

export interface NewYear {
  row: YearRow;
  /** Its log so far. */
  sealed: SealedEntry[];
  tasks: NewTask[];
}

export interface NewTask {
  id: string;
  taskKey: string;
  activity: string;
  role: string;
  scope: TaskScope;
  kind: TaskKind;
  month: string;
  dueOn: string | null;
  safeBy: string | null;
  status: TaskStatus;
  position: number;
  settled: Settlement | null;
}

/**
 * Inserts new years with their logs and task lists.
 * @returns the ids that were inserted; a school that has the year already is left as it is
 */
export async function insertYears(trx: Trx, years: NewYear[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    with input as (
      select * from jsonb_to_recordset(${JSON.stringify(years.map(newYearRow))}::jsonb) as i (
        id uuid, program text, year text, organization_kind text, organization_code text,
        district_code text, status text, state jsonb, version int, head_seq int, head_hash text,
        calendar_version text, machine_version text, opened_on date, clock_on date, demo boolean,
        updated_at timestamptz, parameters jsonb, log jsonb, tasks jsonb)
    ), year as (
      insert into planning_years (id, program, year, organization_kind, organization_code,
        district_code, status, state, version, head_seq, head_hash, calendar_version,
        machine_version, opened_on, clock_on, demo, updated_at, parameters)
      select id, program, year, organization_kind, organization_code, district_code, status, state,
        version, head_seq, decode(head_hash, 'hex'), calendar_version, machine_version, opened_on,
        clock_on, demo, updated_at, parameters
      from input order by organization_code
      on conflict (program, year, organization_code) do nothing
      returning id
    ), logged as (
      insert into log_entries (planning_year_id, seq, type, recorded_at, effective_on, entry, hash)
      select i.id, e.seq, e.type, e.recorded_at, e.effective_on, e.entry, decode(e.hash, 'hex')
      from year join input i using (id), jsonb_to_recordset(i.log)
        as e (seq int, type text, recorded_at timestamptz, effective_on date, entry text, hash text)
    ), listed as (
      insert into tasks (id, planning_year_id, task_key, activity, role, scope, kind, month,
        due_on, safe_by, status, position, settled)
      select t.id, i.id, t."taskKey", t.activity, t.role, t.scope, t.kind, t.month, t."dueOn", t."safeBy",
        t.status, t.position, t.settled
      from year join input i using (id), jsonb_to_recordset(i.tasks)
        as t (id uuid, "taskKey" text, activity text, role text, scope text, kind text, month text,
          "dueOn" date, "safeBy" date, status text, position int, settled jsonb)
    )
    select id from year`.execute(trx);
  return new Set(rows.map((row) => row.id));
}

/** An entry as the statements that write it take it. */
export const entryRow = ({ entry, text, hash }: SealedEntry) => ({
  seq: entry.seq,
  type: entry.type,
  recorded_at: entry.recordedAt,
  effective_on: entry.effectiveOn,
  entry: text,
  hash: hash.toString('hex'),
});

const newYearRow = ({ row, sealed, tasks }: NewYear) => ({
  id: row.id,
  program: row.program,
  year: row.year,
  organization_kind: row.organizationKind,
  organization_code: row.organizationCode,
  district_code: row.districtCode,
  status: row.status,
  state: row.state,
  version: row.version,
  head_seq: row.headSeq,
  head_hash: row.headHash.toString('hex'),
  calendar_version: row.calendarVersion,
  machine_version: row.machineVersion,
  opened_on: row.openedOn,
  clock_on: row.clockOn,
  demo: row.demo,
  updated_at: row.updatedAt,
  parameters: row.parameters,
  log: sealed.map(entryRow),
  tasks,
});
