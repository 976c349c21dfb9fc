import { together } from '../../src/planning-years/together.ts';
import { ACTOR } from '../actor.ts';
import type { Group } from '../figure.ts';
import { statementWriter } from '../limit-statement.ts';
import { alternate, atOnce, compared, rateOf } from '../rounds.ts';
import { scriptOf } from '../script.ts';
import { seedSchools } from '../seed-schools.ts';
import { seedTemplates } from '../seed-templates.ts';
import { openWorld } from '../world.ts';
import { slices, yearIds } from '../years.ts';

const ROUNDS = 6;
const YEARS = 96;
const STEPS = 8;

export const transitions: Group = {
  bounds: [
    { name: 'transition', unit: 'transitions/s', atLeast: 0.5, aim: 0.9 },
    { name: 'transition64', unit: 'transitions/s', atLeast: 0.8, aim: 1.5 },
  ],
  method:
    'transition: the door, 8 (64) at once, against its rows by one prepared statement, 8 at once; every commit reaches the disk on both sides.',
  async measure(bench) {
    const world = await openWorld(bench, 'transition', { now: '2026-11-16T10:00:00-06:00' });
    const { ctx, url } = world;
    const limit = statementWriter(url, 8);
    try {
      bench.say('seeding years');
      await seedTemplates(ctx, ['prompt']);
      await seedSchools(ctx, { schools: 3 * (ROUNDS + 1) * YEARS });
      const years = await yearIds(ctx.db);
      const script = await scriptOf(ctx, years[0]!, STEPS);
      const next = slices(years, YEARS);

      const door = (workers: number) => () => {
        const these = next();
        return rateOf(YEARS * STEPS, () =>
          atOnce(these, workers, async (id) => {
            for (const { command } of script) await together(ctx, { id, command, actor: ACTOR });
          }),
        );
      };
      const statement = () => {
        const these = next();
        return rateOf(YEARS * STEPS, () =>
          atOnce(these, 8, async (id) => {
            for (const { rows } of script) await limit.write(id, rows);
          }),
        );
      };
      bench.say('measuring transitions');
      const rates = await alternate({ at8: door(8), limit: statement, at64: door(64) }, ROUNDS);
      return [
        compared('transition', rates.at8, rates.limit),
        compared('transition64', rates.at64, rates.limit),
      ];
    } finally {
      await limit.stop();
      await world.stop();
    }
  },
};
