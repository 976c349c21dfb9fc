import { expressionBuilder, sql } from 'kysely';
import type { Actor } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import type { Tables } from '../db/tables.ts';
import { newId } from '../ids.ts';
import type { Command } from '../planning-years/decide.ts';
import { whereCan } from '../policy/where.ts';

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
 * Sets up background work that carries an act through the door of every active year that it covers
 * and that the actor may act on. Which ones they are is settled here, in the caller's transaction.
 */
export async function startWideAct(
  { clock, queue }: Pick<Context, 'clock' | 'queue'>,
  trx: Trx,
  act: WideAct,
  actor: Actor,
): Promise<{ id: string; total: number }> {
  const now = clock.now();
  const id = newId(now);
  await trx
    .insertInto('jobs')
    .values({
      id,
      kind: act.kind,
      status: 'queued',
      program: act.program,
      year: act.year,
      actor: JSON.stringify(actor),
      command: JSON.stringify(act.command),
      total: 0,
      createdAt: now,
      touchedAt: now,
      finishedAt: null,
    })
    .execute();
  const years = expressionBuilder<{ y: Tables['planningYears'] }, 'y'>();
  const allowed = whereCan(years, actor, policyOf(act.command), {
    program: 'y.program',
    district: 'y.districtCode',
    school: 'y.organizationCode',
    ...(act.role !== undefined && { role: sql`${act.role}::text` }),
  });
  const { rows } = await sql`
    insert into job_items (job_id, planning_year_id, status)
    select ${id}, y.id, 'waiting' from planning_years y
    where y.program = ${act.program} and y.year = ${act.year} and y.status = 'active'
      and ${allowed}
      and (${act.district ?? null}::text is null or y.district_code = ${act.district ?? null})
      and (${act.schools ?? null}::text[] is null or y.organization_code = any(${act.schools ?? null}::text[]))
      and (${act.except ?? null}::uuid is null or y.id <> ${act.except ?? null}::uuid)
    order by y.id
    returning planning_year_id`.execute(trx);
  await trx.updateTable('jobs').set({ total: rows.length }).where('id', '=', id).execute();
  await queue.send(trx, 'run-job', [{ jobId: id }]);
  return { id, total: rows.length };
}

/** The row of the policy table that a wide act falls under. */
export const policyOf = ({ kind }: Command) =>
  kind === 'complete' ? 'tasks.settle' : 'planningYears.act';
