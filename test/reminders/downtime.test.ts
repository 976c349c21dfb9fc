import { expect, test } from '@jest/globals';
import { createTestDatabase } from '../support/database.ts';
import { ITEMS, playDowntime } from './support/downtime.ts';

test('ten days of downtime over a deadline bring each person one digest with all forty items, in the morning', async () => {
  const database = await createTestDatabase();
  const mails = await playDowntime(database, 3);
  // 07:00 in Chicago.
  const one = { at: '13:00', items: ITEMS };
  expect(mails.map(({ at, items }) => ({ at, items }))).toEqual([one, one, one]);
  expect(new Set(mails.map(({ to }) => to)).size).toBe(3);
  await database.drop();
});
