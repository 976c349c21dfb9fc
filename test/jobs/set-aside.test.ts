import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { runJob, takeUpStranded } from '../../src/jobs/run.ts';
import { codes, type Wide, wide, YEAR } from './support.ts';

let api: Wide;
beforeAll(async () => {
  api = await wide();
});
afterAll(() => api.close());

const order = async (type: string): Promise<string> =>
  (await api.admin.post(`${YEAR}/events`, { type })).json().id;
const aside = async (kind: 'job' | 'planningYear'): Promise<string[]> => {
  const rows = await api.ctx.db
    .selectFrom('quarantine')
    .select('subject')
    .where('kind', '=', kind)
    .execute();
  return rows.map(({ subject }) => subject);
};

test('a job that can’t be read is set aside, and not taken up again', async () => {
  const id = await order('stakeholderGroup.named');
  await sql`update jobs set command = '{"kind": "dance"}' where id = ${id}`.execute(api.ctx.db);
  await runJob(api.ctx, id);
  expect(await aside('job')).toEqual([id]);
  api.clock.advance({ minutes: 2 });
  expect(await takeUpStranded(api.ctx)).toBe(0);
});

test('a year that can’t be read is set aside, and keeps the act from no other', async () => {
  const id = await order('surveys.progressSent');
  const year = api.years.get(codes[2]!)!;
  await sql`update planning_years set state = '{}' where id = ${year}`.execute(api.ctx.db);
  await runJob(api.ctx, id);
  expect(await aside('planningYear')).toEqual([year]);
  const rows = await api.ctx.db
    .selectFrom('jobItems')
    .select(['planningYearId', 'status'])
    .where('jobId', '=', id)
    .execute();
  expect(rows.filter(({ status }) => status === 'failed').map((row) => row.planningYearId)).toEqual(
    [year],
  );
  expect(rows.filter(({ status }) => status === 'done')).toHaveLength(codes.length - 1);
});
