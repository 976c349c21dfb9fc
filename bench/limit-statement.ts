import { Pool } from 'pg';
import type { Step } from './script.ts';

/** Writes the rows of one transition. */
export interface StatementWriter {
  write(year: string, rows: Step['rows']): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The limit: the rows of a transition written by one prepared statement through `pg`, with nothing
 * read, decided or compared. No reminder waits for
 * what these settle, so neither side has anything to enqueue.
 */
export function statementWriter(url: string, connections: number): StatementWriter {
  const pool = new Pool({ connectionString: url, max: connections });
  return {
    async write(year, { year: next, clockOn, at, entry, tasks }) {
      await pool.query({
        name: 'transition',
        text: STATEMENT,
        values: [
          ...[year, next.status, next.state, next.version, next.seq, next.hash, clockOn, at],
          ...[entry.type, entry.effectiveOn, entry.text, entry.hash, tasks],
        ],
      });
    },
    stop: () => pool.end(),
  };
}

const STATEMENT = `
  with year as (
    update planning_years set status = $2, state = $3::jsonb, version = $4, head_seq = $5,
      head_hash = $6, clock_on = $7::date, updated_at = $8
    where id = $1
  ), logged as (
    insert into log_entries (planning_year_id, seq, type, recorded_at, effective_on, entry, hash)
    values ($1, $5, $9, $8, $10, $11, $12)
  )
  update tasks t set status = c.status, due_on = c."dueOn", settled = c.settled, version = t.version + 1
  from jsonb_to_recordset($13::jsonb) as c (key text, status text, "dueOn" date, settled jsonb)
  where t.planning_year_id = $1 and t.task_key = c.key`;
