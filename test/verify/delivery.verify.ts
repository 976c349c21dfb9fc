import { expect, test } from '@jest/globals';
import { points, tryKills } from '../delivery/support/kills.ts';
import { expectations, mostTried, tryMood } from '../delivery/support/moods.ts';
import { tryOutage } from '../delivery/support/outage.ts';

const TIMES = 20;

test.each(points)('a worker killed twenty times %s loses no mail', async (point) => {
  const found = await tryKills(point, TIMES, 12);
  process.stdout.write(
    `kill -9, ${point}: ${found.kills} kills, ${found.inFlight} mails in flight, ${found.missing} missing, ` +
      `${found.duplicates} duplicates, each with the same Message-ID, lease ${found.longestLease / 1000} s\n`,
  );
  expect(found).toMatchObject({ kills: TIMES, missing: 0, beyond: 0 });
  expect(found.longestLease).toBeLessThanOrEqual(60_000);
});

test.each(expectations)('twenty mails to a server that answers with $mood', async (expected) => {
  const { mood, status, fault, breaker, suppressed } = expected;
  const found = await tryMood(expected, TIMES);
  process.stdout.write(
    `${mood}: ${found.tried} tried, ${[...found.statuses]}, ${[...found.untried].join() || 'none'} untried, ` +
      `breaker ${breaker}, then ${[...found.ends]}; longest slot ${(found.longestSlot / 1000).toFixed(1)} s\n`,
  );
  expect(found).toMatchObject({ breaker, attempts: 1, suppressed: suppressed ? TIMES : 0 });
  expect([[...found.statuses], [...found.faults]]).toEqual([[status], [fault]]);
  expect(found.tried).toBeLessThanOrEqual(mostTried(expected, TIMES));
  expect([...found.ends]).toEqual([status === 'retrying' ? 'sent' : status]);
  expect(found.arrived).toBe(status === 'failed' ? 0 : TIMES);
  expect(found.longestSlot).toBeLessThan(60_000);
});

test('a thousand mails wait for a mail server that is away for a day', async () => {
  const found = await tryOutage(1_000, 100, 5);
  process.stdout.write(
    `outage: 1000 mails due, ${found.arrived} arrived within ${found.minutes} simulated minutes, ` +
      `${found.droppedAsDone} reminders dropped as done\n`,
  );
  expect(found).toMatchObject({ arrived: 900, recipients: 900, waiting: 0 });
  expect(found.minutes).toBeLessThanOrEqual(15);
});
