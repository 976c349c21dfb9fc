import { afterAll, expect, test } from '@jest/globals';
import type { Stage } from '../../src/simulate/stage.ts';
import { openTheatre, playTwice } from './support/twice.ts';

/** One school of CPS, and five of districts of their own, two of which are opened before their release. */
const SOME = [4, 5, 6, 7, 8, 9];

const stages: Stage[] = [];
afterAll(() => Promise.all(stages.map((stage) => stage.close())));

test('years in the database, with their mails, are told of as those in memory, and as they have to be', async () => {
  const { stage, mailbox } = await openTheatre();
  stages.push(stage);
  const { years, told, ...faults } = await playTwice(stage, mailbox, [2026], SOME);
  expect(faults).toMatchObject({
    missing: [],
    unasked: [],
    disagreements: [],
    refusals: [],
    mailFaults: [],
  });
  expect([years, told > 100]).toEqual([6, true]);
});
