import { sql } from 'kysely';
import type { Actor } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import { DomainError } from '../errors.ts';
import type { Command } from '../planning-years/decide.ts';
import { manyThroughTheDoor } from '../planning-years/door.ts';

/**
 * Works on a job until nothing of it waits. Each planning year is marked in the transaction that
 * carries the act through its door, so that a process that dies, or a second one at the same job,
 * does none twice and leaves none out.
 *
 * @param chunk how many years go together in one transaction
 */
export async function runJob(ctx: Context, jobId: string, chunk = CHUNK): Promise<void> {
  const job = await ctx.db
    .selectFrom('jobs')
    .selectAll()
    .where('id', '=', jobId)
    .executeTakeFirst();
  if (!job || job.status === 'done') return;
  const act = { actor: job.actor as Actor, command: job.command as Command };
  while ((await carryOutSome(ctx, jobId, act, chunk)) > 0);
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

const CHUNK = 32;

/** @returns how many years were settled; 0 once none waits */
async function carryOutSome(
  ctx: Context,
  jobId: string,
  act: { actor: Actor; command: Command },
  chunk: number,
): Promise<number> {
  const now = ctx.clock.now();
  return ctx.db.transaction().execute(async (trx) => {
    const ids = await claimSome(trx, jobId, chunk);
    if (ids.length === 0) return 0;
    await trx
      .updateTable('jobs')
      .set({ status: 'running', touchedAt: now })
      .where('id', '=', jobId)
      .execute();
    const outcomes = await manyThroughTheDoor(
      ctx,
      trx,
      ids.map((id) => ({ id, ...act })),
    );
    const failures = ids.flatMap((id, at) => {
      const outcome = outcomes[at];
      const failure = outcome?.ok ? null : failureOf(ctx, id, outcome?.error);
      return failure ? [{ id, failure }] : [];
    });
    await noteFailures(trx, jobId, failures);
    return ids.length;
  });
}

/** Marks some of the years that wait as done; another process at the same job passes them by. */
async function claimSome(trx: Trx, jobId: string, chunk: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update job_items set status = 'done' where job_id = ${jobId} and planning_year_id in (
      select planning_year_id from job_items
      where job_id = ${jobId} and status = 'waiting'
      order by planning_year_id limit ${chunk} for update skip locked)
    returning planning_year_id as id`.execute(trx);
  return rows.map(({ id }) => id).sort();
}

/** Why the act was refused; null when what it was to bring about is so already. */
function failureOf(ctx: Context, planningYear: string, error: unknown): Failure | null {
  if (!(error instanceof DomainError)) {
    // One year that cannot be read must not hold up the others.
    ctx.log.error({ err: error, planningYear }, 'A wide act failed at one planning year.');
    return { code: 'fault', detail: 'This planning year could not be read; see the log.' };
  }
  return ALREADY.includes(error.code) ? null : { code: error.code, detail: error.message };
}

interface Failure {
  code: string;
  detail: string;
}

const ALREADY = ['task-already-done', 'already-so', 'already-there'];

async function noteFailures(trx: Trx, jobId: string, failures: { id: string; failure: object }[]) {
  if (failures.length === 0) return;
  await sql`
    update job_items i set status = 'failed', failure = f.failure
    from jsonb_to_recordset(${JSON.stringify(failures)}::jsonb) as f (id uuid, failure jsonb)
    where i.job_id = ${jobId} and i.planning_year_id = f.id`.execute(trx);
}
