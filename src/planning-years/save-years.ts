import { sql } from 'kysely';
import type { DbOrTrx } from '../context.ts';
import { type GivenAnswer, insertAnswers } from '../http/idempotency.ts';
import { entryRow, type SealedEntry, type TaskChange, type YearRow } from './store.ts';

/** What the door decided for one year. */
export interface YearWrite {
  /** As it was read: written only if it still is so. */
  read: YearRow;
  row: YearRow;
  sealed: SealedEntry[];
  tasks: TaskChange[];
  /** The entry that the state is told of; null when there is none. */
  reported: number | null;
  /** What whoever asked is answered, to be kept with it; null when nothing need be kept. */
  given: GivenAnswer | null;
}

/**
 * Writes what the door decided, in one statement, so that each year is written whole or not at all
 * even without a transaction around it: each year, if its log still ends where it was read and its
 * dates are the same; its entries; the tasks that changed; what was to be said of tasks that are
 * settled now, as no longer to be said; what the state is told; the answer. What a digest holds
 * already is looked at once more when that is sent.
 *
 * @returns the ids that were written; another writer came first at the others
 * @throws TwinError when another request under the same key was answered first; then nothing is written
 */
export async function saveYears(db: DbOrTrx, writes: YearWrite[]): Promise<Set<string>> {
  if (writes.length === 0) return new Set();
  const given = writes.flatMap(({ read, given }) => (given ? [{ ...given, of: read.id }] : []));
  const marks = writes.flatMap(({ read, tasks }) =>
    tasks.map((task) => ({ year: read.id, ...task })),
  );
  // PostgreSQL takes what JSON holds for a hundred rows, and would read whole tables and task lists
  // for them; a limit tells it that there are few.
  const { rows } = await sql<{ id: string }>`
    with input as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(writes.map(writeRow))}::jsonb) as i (
        id uuid, read_at int, read_parameters jsonb, status text, state jsonb, version int,
        head_seq int, head_hash text, clock_on date, updated_at timestamptz, reported int, log jsonb)
      limit ${writes.length}
    ), marks as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(marks)}::jsonb)
        as m (year uuid, key text, status text, "dueOn" date, "safeBy" date, settled jsonb)
      limit ${marks.length}
    ), held as materialized (
      -- In one order, so that writers of several years wait for each other and never in a circle.
      select y.id from planning_years y join input i on y.id = i.id
      where y.head_seq = i.read_at and y.parameters = i.read_parameters
      order by y.id for update of y
    ), year as (
      update planning_years y set status = i.status, state = i.state, version = i.version,
        head_seq = i.head_seq, head_hash = decode(i.head_hash, 'hex'), clock_on = i.clock_on,
        updated_at = i.updated_at
      from input i join held on held.id = i.id
      where y.id = i.id
      returning y.id, i.log, i.reported
    ), logged as (
      insert into log_entries (planning_year_id, seq, type, recorded_at, effective_on, entry, hash)
      select year.id, e.seq, e.type, e.recorded_at, e.effective_on, e.entry, decode(e.hash, 'hex')
      from year, jsonb_to_recordset(year.log)
        as e (seq int, type text, recorded_at timestamptz, effective_on date, entry text, hash text)
    ), changed as (
      update tasks t set status = m.status, due_on = m."dueOn", safe_by = m."safeBy", settled = m.settled,
        version = t.version + 1
      from marks m join year on year.id = m.year
      where t.planning_year_id = m.year and t.task_key = m.key
      returning t.id, t.status
    ), said as (
      update reminders r set status = 'dropped', reason = 'doneMeanwhile'
      from changed c
      where r.task_id = c.id and c.status not in ('open', 'blocked')
        and r.status in ('scheduled', 'held') and r.message_id is null
    ), told as (
      insert into interventions (planning_year_id, seq)
      select id, reported from year where reported is not null
    )${given.length > 0 ? sql`, answered as (${insertAnswers(given, sql`year`)})` : sql``}
    select id from year`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

const writeRow = ({ read, row, sealed, reported }: YearWrite) => ({
  id: row.id,
  read_at: read.headSeq,
  read_parameters: read.parameters,
  status: row.status,
  state: row.state,
  version: row.version,
  head_seq: row.headSeq,
  head_hash: row.headHash.toString('hex'),
  clock_on: row.clockOn,
  updated_at: row.updatedAt,
  reported,
  log: sealed.map(entryRow),
});
