import { inFile, type Mistake } from './mistake.ts';

const CHUNKS = 'test/jobs/chunks.test.ts';
const ACTS = 'test/jobs/wide-acts.test.ts';
const REFUSALS = 'test/jobs/wide-refusals.test.ts';
const DRY = 'test/jobs/wide-dry-run.test.ts';
const run = inFile('src/jobs/run.ts', CHUNKS, ACTS);
const covered = inFile('src/jobs/covered.ts', ACTS, REFUSALS, DRY);
const start = inFile('src/jobs/wide-act.ts', CHUNKS, ACTS);

/** One act for many planning years. */
export default [
  run(
    'What is done already is claimed again',
    "and status = 'waiting'\n        order by",
    'order by',
  ),
  run(
    'A job stops after its first piece',
    'while ((await carryOutSome(ctx, jobId, chunk)) === chunk);',
    'await carryOutSome(ctx, jobId, chunk);',
  ),
  run(
    'A job is done while something of it waits',
    "and not exists (\n      select from job_items where job_id = ${jobId} and status = 'waiting')",
    '',
  ),
  run(
    'A job that is done begins anew',
    "where id = ${jobId} and status <> 'done'",
    'where id = ${jobId}',
    {
      tests: [CHUNKS, ACTS],
      unnoticed:
        'Nothing of it waits then, so nothing is done; only its status is written once more, and then again.',
    },
  ),
  run(
    'What is refused counts as done',
    "update job_items i set status = 'failed', failure = f.failure",
    "update job_items i set status = 'done', failure = f.failure",
  ),
  run(
    'What is so already counts as refused',
    'if (outcome?.ok || isAlreadySo(outcome?.error)) return [];',
    'if (outcome?.ok) return [];',
  ),
  run(
    'The refusal of one is written at all of its piece',
    'where i.job_id = ${jobId} and i.planning_year_id = f.id',
    'where i.job_id = ${jobId}',
  ),
  run(
    'Two processes claim the same years',
    'limit ${chunk} for update of job_items)',
    'limit ${chunk})',
  ),
  run(
    'A job that nobody works on stays',
    ".where('status', '!=', 'done')",
    ".where('status', '=', 'done')",
  ),
  run(
    'A job that is being worked on is begun a second time',
    "eb('touchedAt', '<=', before), eb('touchedAt', '>', clock.now())",
    "eb('touchedAt', '<=', clock.now()), eb('touchedAt', '>', clock.now())",
  ),
  run(
    'A stranded job is noted and never enqueued',
    'stranded.map(({ id }) => ({ jobId: id }))',
    '[]',
  ),
  covered(
    'A job reaches planning years of another program',
    'where y.program = ${program} and y.year = ${year}',
    'where y.year = ${year}',
    {
      unnoticed:
        'There is one program so far; with a second its year is another planning year with other events, which its charts refuse.',
    },
  ),
  covered(
    'A job reaches other school years',
    'where y.program = ${program} and y.year = ${year}',
    'where y.program = ${program}',
  ),
  covered('A job reaches withdrawn years', "? 'withdrawn' : 'active'", "? 'active' : 'withdrawn'"),
  covered(
    'A job reaches other districts',
    'y.district_code = ${district})',
    'y.district_code is not null)',
  ),
  covered(
    'A job reaches schools that it does not name',
    'y.organization_code = any(${schools}::text[]))',
    'y.organization_code is not null)',
  ),
  covered(
    'A task of wider scope is done again at the school where it was done',
    'y.id <> ${except}::uuid)',
    'y.id is not null)',
  ),
  covered('A job reaches what its actor does not', 'and ${allowed}', ''),
  covered(
    'A code that has no planning year is passed over',
    'if (own === undefined)\n      faults.push',
    'if (own === null)\n      faults.push',
  ),
  covered(
    'A school of another district than named is taken',
    'else if (district !== undefined && own !== district)',
    'else if (district === undefined && own !== district)',
  ),
  covered(
    'A district without a planning year is passed over',
    '!all.some((year) => year.districtCode === district)',
    'all.some((year) => year.districtCode === district)',
  ),
  covered('A year that nobody has is taken', 'if (all.length === 0)', 'if (all.length < 0)'),
  start(
    'A job that covers nothing waits for ever',
    "case when n = 0 then 'done' else 'queued' end",
    "'queued'",
  ),
  start(
    'A job is stored and never enqueued',
    'if (total > 0) await queue.send',
    'if (total < 0) await queue.send',
  ),
] satisfies Mistake[];
