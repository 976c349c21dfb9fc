import { expect, test } from '@jest/globals';
import { bootstrap } from '../../src/http/authenticate.ts';
import { runJob } from '../../src/jobs/run.ts';
import { throughTheDoor } from '../../src/planning-years/door.ts';
import { rebuild } from '../../src/planning-years/rebuild.ts';
import { readLog } from '../../src/planning-years/store.ts';
import { testContext } from '../support/app.ts';
import { openTestYears } from '../support/years.ts';

test('of 1,000 pairs of writers racing for one transition, exactly one wins each', async () => {
  const { ctx, drop } = await testContext({ now: '2026-10-15T15:00:00Z' });
  const ids = await openTestYears(ctx, 1_000);
  let winners = 0;
  const race = async (id: string) => {
    const act = () =>
      ctx.db
        .transaction()
        .execute((trx) =>
          throughTheDoor(
            ctx,
            trx,
            id,
            { kind: 'event', type: 'designation.letterReceived' },
            bootstrap,
          ),
        );
    const outcomes = await Promise.allSettled([act(), act()]);
    winners += outcomes.filter(({ status }) => status === 'fulfilled').length;
    expect(await readLog(ctx.db, id)).toHaveLength(2);
  };
  for (let at = 0; at < ids.length; at += 8) await Promise.all(ids.slice(at, at + 8).map(race));
  expect(winners).toBe(1_000);
  expect((await rebuild(ctx)).differences).toEqual([]);
  process.stdout.write(`races: 1000 pairs of writers, ${winners} winners\n`);
  await drop();
});

test('two processes at one job do each school once', async () => {
  const { ctx, drop } = await testContext({ now: '2026-10-15T15:00:00Z' });
  const ids = await openTestYears(ctx, 200);
  const { startWideAct } = await import('../../src/jobs/wide-act.ts');
  const command = { kind: 'event' as const, type: 'planningGrant.allocationsReleased' };
  const act = { kind: 'event', program: 'isbe-comprehensive', year: '2026-27', command };
  const { id } = await ctx.db
    .transaction()
    .execute((trx) => startWideAct(ctx, trx, act, bootstrap));
  await Promise.all([runJob(ctx, id), runJob(ctx, id), runJob(ctx, id)]);
  for (const year of ids) expect(await readLog(ctx.db, year)).toHaveLength(2);
  await drop();
});
