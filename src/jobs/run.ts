import { sql } from 'kysely';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { DomainError } from '../errors.ts';
import type { Command } from '../planning-years/decide.ts';
import { throughTheDoor } from '../planning-years/door.ts';

/**
 * Works on a job until nothing of it waits. Each planning year is marked in the transaction that
 * carries the act through its door, so that a process that dies, or a second one at the same job,
 * does none twice and leaves none out.
 */
export async function runJob(ctx: Context, jobId: string): Promise<void> {
  const job = await ctx.db
    .selectFrom('jobs')
    .selectAll()
    .where('id', '=', jobId)
    .executeTakeFirst();
  if (!job || job.status === 'done') return;
  const act = { actor: job.actor as Actor, command: job.command as Command };
  for (;;) {
    const waiting = await takeSome(ctx, jobId);
    if (waiting.length === 0) break;
    const lanes = Array.from({ length: LANES }, async () => {
      for (let next = waiting.pop(); next; next = waiting.pop())
        await carryOut(ctx, jobId, next, act.command, act.actor);
    });
    await Promise.all(lanes);
  }
  await ctx.db
    .updateTable('jobs')
    .set({ status: 'done', finishedAt: ctx.clock.now(), touchedAt: ctx.clock.now() })
    .where('id', '=', jobId)
    .where('status', '!=', 'done')
    .execute();
}

/** Enqueues again what nobody has worked on for a minute: its process has died. */
export async function takeUpStranded({ db, queue, clock }: Context): Promise<number> {
  const before = new Date(clock.now().getTime() - 60_000);
  return db.transaction().execute(async (trx) => {
    const stranded = await trx
      .updateTable('jobs')
      .set({ touchedAt: clock.now() })
      .where('status', '!=', 'done')
      .where('touchedAt', '<=', before)
      .returning('id')
      .execute();
    await queue.send(
      trx,
      'run-job',
      stranded.map(({ id }) => ({ jobId: id })),
    );
    return stranded.length;
  });
}

const LANES = 4;
const CHUNK = 50;

/** Some of the years that wait, at random places, so that two processes seldom meet. */
async function takeSome({ db, clock }: Context, jobId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with touched as (
      update jobs set status = 'running', touched_at = ${clock.now()} where id = ${jobId} and status <> 'done'
    )
    select planning_year_id as id from job_items
    where job_id = ${jobId} and status = 'waiting' limit ${CHUNK}`.execute(db);
  return rows.map(({ id }) => id);
}

async function carryOut(
  ctx: Context,
  jobId: string,
  planningYearId: string,
  command: Command,
  actor: Actor,
): Promise<void> {
  const item = (status: 'done' | 'failed', failure: object | null) => ({
    status,
    failure: failure && JSON.stringify(failure),
  });
  try {
    await ctx.db.transaction().execute(async (trx) => {
      const claimed = await trx
        .updateTable('jobItems')
        .set(item('done', null))
        .where('jobId', '=', jobId)
        .where('planningYearId', '=', planningYearId)
        .where('status', '=', 'waiting')
        .returning('jobId')
        .executeTakeFirst();
      if (claimed) await throughTheDoor(ctx, trx, planningYearId, command, actor);
    });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const settled = ALREADY.includes(error.code);
    await ctx.db
      .updateTable('jobItems')
      .set(
        settled ? item('done', null) : item('failed', { code: error.code, detail: error.message }),
      )
      .where('jobId', '=', jobId)
      .where('planningYearId', '=', planningYearId)
      .where('status', '=', 'waiting')
      .execute();
  }
}

/** What the act was to bring about is so already. */
const ALREADY = ['task-already-done', 'already-so', 'already-there'];
