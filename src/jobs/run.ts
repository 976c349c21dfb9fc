import { sql } from 'kysely';
import type { Actor } from '../actor.ts';
import type { Context, Trx } from '../context.ts';
import { DomainError, QuarantinedError } from '../errors.ts';
import type { Command } from '../planning-years/decide.ts';
import { manyThroughTheDoor } from '../planning-years/door.ts';
import { type Failure, failureOf, isAlreadySo } from '../planning-years/failures.ts';
import { setAside, setAsideAfter } from '../quarantine/store.ts';
import { faultOfJob } from './sound.ts';

/**
 * Works on a job until nothing of it waits. Each planning year is marked in the transaction that
 * carries the act through its door, so that a process that dies, or a second one at the same job,
 * does none twice and leaves none out.
 *
 * @param chunk how many years go together in one transaction
 */
export async function runJob(ctx: Context, jobId: string, chunk = CHUNK): Promise<void> {
  try {
    while ((await carryOutSome(ctx, jobId, chunk)) === chunk);
  } catch (error) {
    if (!(error instanceof QuarantinedError)) throw error;
    await setAside(ctx, error.fault);
  }
}

/** Enqueues again what nobody has worked on for a minute: its process has died. */
export async function takeUpStranded({ db, queue, clock }: Context): Promise<number> {
  const before = new Date(clock.now().getTime() - 60_000);
  return db.transaction().execute(async (trx) => {
    const stranded = await trx
      .updateTable('jobs')
      .set({ touchedAt: clock.now() })
      .where('status', '!=', 'done')
      .where((eb) => eb.or([eb('touchedAt', '<=', before), eb('touchedAt', '>', clock.now())]))
      .where(
        sql<boolean>`not exists (
          select from quarantine q where q.kind = 'job' and q.subject = jobs.id::text)`,
      )
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

/** @returns how many years were settled; fewer than a chunk once none waits */
async function carryOutSome(ctx: Context, jobId: string, chunk: number): Promise<number> {
  const now = ctx.clock.now();
  const broken: unknown[] = [];
  const settled = await ctx.db.transaction().execute(async (trx) => {
    const job = await claimSome(trx, jobId, chunk, now);
    if (!job) return 0;
    const { ids, actor, command } = job;
    const fault = faultOfJob({ id: jobId, actor, command });
    if (fault) throw new QuarantinedError(fault);
    const requests = ids.map((id) => ({ id, actor, command }));
    const outcomes = await manyThroughTheDoor(ctx, trx, requests);
    const failures = ids.flatMap((id, at) => {
      const outcome = outcomes[at];
      if (outcome?.ok || isAlreadySo(outcome?.error)) return [];
      // One year that cannot be read must not hold up the others.
      if (!(outcome?.error instanceof DomainError))
        ctx.log.error({ err: outcome?.error, planningYear: id }, 'A wide act failed at one year.');
      return [{ id, failure: failureOf(outcome?.error) }];
    });
    await settle(trx, jobId, failures, now);
    broken.push(...outcomes.flatMap((outcome) => (outcome.ok ? [] : outcome.error)));
    return ids.length;
  });
  for (const error of broken) await setAsideAfter(ctx, error);
  return settled;
}

interface Claimed {
  actor: Actor;
  command: Command;
  ids: string[];
}

/**
 * Marks some of the years that wait as done; another process at the same job waits for this one.
 * @returns undefined when the job is done already
 */
async function claimSome(
  trx: Trx,
  jobId: string,
  chunk: number,
  now: Date,
): Promise<Claimed | undefined> {
  const { rows } = await sql<Claimed>`
    with job as materialized (
      update jobs set status = 'running', touched_at = ${now}
      where id = ${jobId} and status <> 'done'
      returning actor, command
    ), claimed as (
      update job_items set status = 'done'
      where job_id = ${jobId} and planning_year_id in (
        select planning_year_id from job_items, job
        where job_id = ${jobId} and status = 'waiting'
        order by planning_year_id limit ${chunk} for update of job_items)
      returning planning_year_id as id
    )
    select actor, command, coalesce((select array_agg(id::text order by id) from claimed), '{}') as ids
    from job`.execute(trx);
  return rows[0];
}

/** Tells where it was refused; the job is done once nothing of it waits, here or elsewhere. */
async function settle(
  trx: Trx,
  jobId: string,
  failures: { id: string; failure: Failure }[],
  now: Date,
): Promise<void> {
  await sql`
    with failed as (
      update job_items i set status = 'failed', failure = f.failure
      from jsonb_to_recordset(${JSON.stringify(failures)}::jsonb) as f (id uuid, failure jsonb)
      where i.job_id = ${jobId} and i.planning_year_id = f.id
    )
    update jobs set status = 'done', finished_at = ${now}
    where id = ${jobId} and not exists (
      select from job_items where job_id = ${jobId} and status = 'waiting')`.execute(trx);
}
