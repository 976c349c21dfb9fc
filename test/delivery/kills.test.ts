import { describe, expect, test } from '@jest/globals';
import { points, tryKills } from './support/kills.ts';

describe('a worker that is killed', () => {
  test.each(points)(
    '%s loses no mail, and repeats at most what was in flight',
    async (point) => {
      const found = await tryKills(point, 1, 12);
      expect(found).toMatchObject({ kills: 1, missing: 0, beyond: 0 });
      expect(found.inFlight).toBeGreaterThan(0);
      // With a scan every minute an orphan is taken up within two.
      expect(found.longestLease).toBeLessThanOrEqual(60_000);
    },
    60_000,
  );
});
