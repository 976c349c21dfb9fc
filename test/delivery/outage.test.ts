import { expect, test } from '@jest/globals';
import { tryOutage } from './support/outage.ts';

test('a mail server that was away for a day gets everything within a quarter of an hour, but for what was done', async () => {
  const found = await tryOutage(30, 5, 20);
  expect(found).toMatchObject({ arrived: 25, recipients: 25, waiting: 0 });
  expect(found.minutes).toBeLessThanOrEqual(15);
  expect(found.droppedAsDone).toBeGreaterThanOrEqual(5);
  // One mail at a time asks whether it is back, once the first have found out.
  expect(found.tries).toBeLessThan(30 + 24 * 3 + 1);
});
