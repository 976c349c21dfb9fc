import { describe, expect, test } from '@jest/globals';
import { programs } from '../../machines/index.ts';
import { isbeComprehensive } from '../../machines/isbe-comprehensive/index.ts';
import { edges } from '../../machines/region.ts';

test.each(programs.map((machines) => ({ program: machines.program, machines })))(
  '$program: each version leads to the next, and the last to today’s',
  ({ machines: { version, upgrades = [] } }) => {
    for (const [index, { from, to }] of upgrades.entries()) {
      expect(Number(to)).toBe(Number(from) + 1);
      expect(to).toBe(upgrades[index + 1]?.from ?? version);
    }
  },
);

describe('a year that was written under version 2', () => {
  const { regions, upgrades } = isbeComprehensive;
  const { putRight } = upgrades!.find(({ from }) => from === '2')!;

  test.each(['qer2', 'qer3', 'qer4'])('gets back a report %s that fell away by itself', (key) => {
    const fell = { region: key, event: `${key}.noGrant`, to: 'noApprovedGrant' };
    expect(putRight({ ...fell, automatic: true })).toBe(`${key}.reopened`);
    expect(edges(regions.find((region) => region.key === key)!)).toContainEqual({
      from: 'noApprovedGrant',
      type: `${key}.reopened`,
      to: 'preparing',
      guard: null,
    });
  });

  test('keeps all that somebody has said, and all else that came by itself', () => {
    for (const region of regions)
      for (const { type, to } of edges(region)) {
        const last = { region: region.key, event: type, to };
        expect(putRight({ ...last, automatic: false })).toBeNull();
        if (!/^qer[234]\.noGrant$/.test(type))
          expect([type, putRight({ ...last, automatic: true })]).toEqual([type, null]);
      }
  });
});
