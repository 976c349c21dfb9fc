import { sql } from 'kysely';
import type { Context, Db } from '../context.ts';
import type { StoredFault } from '../errors.ts';
import { faultOfJob } from '../jobs/sound.ts';

/** Jobs that are not done and can't be worked on. */
export async function faultsOfJobs({ db }: Pick<Context, 'db'>): Promise<StoredFault[]> {
  const rows = await db.selectFrom('jobs').selectAll().where('status', '!=', 'done').execute();
  return rows.flatMap((row) => faultOfJob(row) ?? []);
}

export async function isJobBroken(db: Db, id: string): Promise<boolean> {
  const row = await db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst();
  return row !== undefined && faultOfJob(row) !== null;
}

/** Ends a job; where it has not been yet, it says that it was refused. @returns what was done */
export async function mendJob({ db, clock }: Pick<Context, 'db' | 'clock'>, id: string) {
  const failure = JSON.stringify({
    code: 'quarantined',
    detail: 'What was to be done could not be read any more: do it anew.',
  });
  const now = clock.now();
  await sql`
    with refused as (
      update job_items set status = 'failed', failure = ${failure}::jsonb
      where job_id = ${id} and status = 'waiting'
    )
    update jobs set status = 'done', total = greatest(total, 0),
      created_at = case when isfinite(created_at) then created_at else ${now} end,
      finished_at = case when isfinite(finished_at) then finished_at else ${now} end,
      actor = ${SOMEBODY}::jsonb, command = ${NOTHING}::jsonb
    where id = ${id}`.execute(db);
  return 'the job has ended; what it had not done is told as refused';
}

const SOMEBODY = JSON.stringify({ id: 'unknown', person: null, grants: [] });
const NOTHING = JSON.stringify({ kind: 'event', type: 'unknown' });
