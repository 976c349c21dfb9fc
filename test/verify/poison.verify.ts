import { expect, test } from '@jest/globals';
import { type Outcome, openWard, poisons } from '../mending/support/poison.ts';

const HOURS = 3_600_000;

test(
  'every column of every table, made wrong in every way that its type allows, harms nobody else',
  async () => {
    const ward = await openWard();
    const ways = await poisons(ward.ctx);
    const outcomes: Outcome[] = [];
    for (const way of ways) outcomes.push(await ward.given(way));
    await ward.close();

    const taken = outcomes.filter(({ refused }) => !refused);
    const harmful = taken.filter(({ harm }) => harm.length > 0);
    const named = taken.filter(({ aside }) => aside.length > 0);
    const left = taken.flatMap((one) => one.left);
    const tables = new Set(taken.map(({ poison }) => poison.table));
    process.stdout.write(
      `poison: ${taken.length} ways in ${tables.size} tables (${outcomes.length - taken.length} refused by the database), ${harmful.length} harmed others, ${named.length} were set aside, ${left.length} are left to a backup or to somebody's hand\n`,
    );
    expect(harmful.map(({ poison, harm }) => [poison, harm])).toEqual([]);
    expect(left.filter(({ remedy }) => remedy === 'npm run rebuild')).toEqual([]);
    expect(taken.length).toBeGreaterThan(500);
  },
  2 * HOURS,
);
