import { sql } from 'kysely';
import type { Actor } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import { newId } from '../ids.ts';
import type { Command } from '../planning-years/decide.ts';
import { covered } from './covered.ts';

/** One act for many planning years: which ones, and what. Tasks are named by the calendar's ids. */
export interface WideAct {
  /** `event`, `task` or `correction`: for whoever looks at the job. */
  kind: string;
  program: string;
  year: string;
  command: Command;
  /** Whose task is finished, when one is. */
  role?: string | undefined;
  /** Only the years of this district. */
  district?: string | undefined;
  /** Only the years of these schools. */
  schools?: string[] | undefined;
  /** Not this one: it is done already. */
  except?: string | undefined;
}

/**
 * Sets up background work that carries an act through the door of every active year (or withdrawn one,
 * to reinstate it) that it covers and that the actor may act on. Which ones they are is settled here,
 * in the caller's transaction; where there are none, nothing is left to do.
 */
export async function startWideAct(
  { clock, queue }: Pick<Context, 'clock' | 'queue'>,
  trx: Trx,
  act: WideAct,
  actor: Actor,
): Promise<{ id: string; total: number }> {
  const id = newId(clock.now());
  const total = await insertJob(trx, id, act, actor, clock.now());
  if (total > 0) await queue.send(trx, 'run-job', [{ jobId: id }]);
  return { id, total };
}

/** @returns how many years it covers */
async function insertJob(
  trx: Trx,
  id: string,
  act: WideAct,
  actor: Actor,
  now: Date,
): Promise<number> {
  const { kind, program, year, command } = act;
  const { rows } = await sql<{ total: number }>`
    with covered as materialized (${covered(act, actor)}), items as (
      insert into job_items (job_id, planning_year_id, status)
      select ${id}, id, 'waiting' from covered order by id
    )
    insert into jobs (id, kind, status, program, year, actor, command, total, created_at, touched_at,
      finished_at)
    select ${id}, ${kind}, case when n = 0 then 'done' else 'queued' end, ${program}, ${year},
      ${JSON.stringify(actor)}::jsonb, ${JSON.stringify(command)}::jsonb, n, ${now}, ${now},
      case when n = 0 then ${now}::timestamptz end
    from (select count(*)::int as n from covered) c
    returning total`.execute(trx);
  return rows[0]!.total;
}
