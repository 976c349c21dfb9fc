import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bootstrap } from '../../src/http/authenticate.ts';
import { runJob } from '../../src/jobs/run.ts';
import { startWideAct } from '../../src/jobs/wide-act.ts';
import { readLog } from '../../src/planning-years/store.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { openTestYears } from '../support/years.ts';

/** A job that is done in several pieces. */

let app: TestApp;
let ids: string[];
beforeAll(async () => {
  app = await testApp({ now: '2026-10-20T15:00:00Z' });
  ids = await openTestYears(app.ctx, 7);
});
afterAll(() => app.close());

async function start(type: string): Promise<string> {
  const command = { kind: 'event' as const, type };
  const act = { kind: 'event', program: 'isbe-comprehensive', year: '2026-27', command };
  const { id } = await app.ctx.db
    .transaction()
    .execute((trx) => startWideAct(app.ctx, trx, act, bootstrap));
  return id;
}

const itemsOf = (job: string) =>
  app.ctx.db
    .selectFrom('jobItems')
    .select(['status', 'failure'])
    .where('jobId', '=', job)
    .execute();
const lengths = async () =>
  Promise.all(ids.map(async (id) => (await readLog(app.ctx.db, id)).length));

test('acts once at each planning year, however many pieces it takes', async () => {
  const before = await lengths();
  const job = await start('planningGrant.allocationsReleased');
  await runJob(app.ctx, job, 3);
  expect(await lengths()).toEqual(before.map((length) => length + 1));
  expect(await itemsOf(job)).toEqual(ids.map(() => ({ status: 'done', failure: null })));
  await runJob(app.ctx, job, 3);
  expect(await lengths()).toEqual(before.map((length) => length + 1));
});

test('shared by several processes, one piece each at a time, acts once at each', async () => {
  const before = await lengths();
  const job = await start('designation.letterReceived');
  await Promise.all([runJob(app.ctx, job, 2), runJob(app.ctx, job, 2), runJob(app.ctx, job, 2)]);
  expect(await lengths()).toEqual(before.map((length) => length + 1));
  const { status } = await app.ctx.db
    .selectFrom('jobs')
    .select('status')
    .where('id', '=', job)
    .executeTakeFirstOrThrow();
  expect(status).toBe('done');
});
