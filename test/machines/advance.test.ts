import { describe, expect, test } from '@jest/globals';
import { advance, correct, initialRegions } from '../../machines/advance.ts';
import { machines, on, outsideCps, types, yearAt } from './support/given.ts';
import { withEdges } from './support/variants.ts';
import { type Kind, kinds } from './support/years.ts';

describe('a condition that turns out to be another', () => {
  const corrected = (fact: string, conditions: Kind, regions: object) =>
    correct(machines, yearAt({ ...regions }), on('2026-11-01', conditions), fact);

  test('opens again what it had settled, and nothing that it had not', () => {
    const { regions, applied } = corrected('cps', outsideCps, { iqfsr: 'exempt' });
    expect(types(applied)).toEqual(['iqfsr.exemptionEnded']);
    expect(regions.iqfsr).toBe('notStarted');
    const passedBy = { resourceAllocationReview: 'notSelected' };
    expect(corrected('cps', outsideCps, passedBy).applied).toEqual([]);
    expect(types(corrected('resourceAllocationReview', outsideCps, passedBy).applied)).toEqual([
      'resourceAllocationReview.reconsidered',
    ]);
  });

  test('leaves alone what would come back at once', () => {
    const ofCps = { ...outsideCps, cps: true };
    expect(corrected('cps', ofCps, { iqfsr: 'exempt' }).applied).toEqual([]);
    const passedOver = { ...outsideCps, resourceAllocationReview: false };
    const regions = { resourceAllocationReview: 'notSelected' };
    expect(corrected('resourceAllocationReview', passedOver, regions).applied).toEqual([]);
  });
});

describe('what comes by itself', () => {
  test('a CPS school is exempt from the first day, before any release', () => {
    const { applied } = advance(
      machines,
      initialRegions(machines),
      on('2026-10-01', { cps: true }),
    );
    expect(applied).toEqual([
      { type: 'iqfsr.exempted', region: 'iqfsr', from: 'notStarted', to: 'exempt' },
    ]);
  });

  test('a quarter closes on the day after its end', () => {
    expect(advance(machines, yearAt(), on('2026-12-31')).applied).toEqual([]);
    expect(types(advance(machines, yearAt(), on('2027-01-01')).applied)).toEqual([
      'qer2.quarterClosed',
    ]);
  });

  test('a report can still be due on its day, and falls away on the next without a grant', () => {
    const closed = yearAt({ qer2: 'preparing' });
    expect(advance(machines, closed, on('2027-01-20')).applied).toEqual([]);
    expect(advance(machines, closed, on('2027-01-21')).regions.qer2).toBe('noApprovedGrant');
    const granted = yearAt({ qer2: 'preparing', planningGrant: 'approved' });
    expect(advance(machines, granted, on('2027-07-31')).regions.qer2).toBe('preparing');
  });

  test('all that a long silence left out happens in one go, and nothing happens twice', () => {
    const late = on('2027-08-01', { ...outsideCps, resourceAllocationReview: false });
    const { regions, applied } = advance(machines, yearAt({ rootCause: 'prioritiesNamed' }), late);
    expect(types(applied).sort()).toEqual([
      'qer2.noGrant',
      'qer2.quarterClosed',
      'qer3.noGrant',
      'qer3.quarterClosed',
      'qer4.noGrant',
      'qer4.quarterClosed',
      'resourceAllocationReview.passedBy',
      'sip.draftingOpened',
    ]);
    expect(advance(machines, regions, late)).toEqual({ regions, applied: [] });
  });

  test('a district is passed over once the release says so, not while nobody knows', () => {
    const passedOver = { ...outsideCps, resourceAllocationReview: false };
    const awaiting = initialRegions(machines);
    expect(advance(machines, awaiting, on('2026-10-01', passedOver)).applied).toEqual([]);
    expect(types(advance(machines, yearAt(), on('2026-11-01', passedOver)).applied)).toEqual([
      'resourceAllocationReview.passedBy',
    ]);
    expect(advance(machines, yearAt(), on('2026-11-01')).applied).toEqual([]);
  });

  test('a date that nobody has set never passes', () => {
    const dateless = { conditions: outsideCps, today: '2099-01-01', dates: {} };
    expect(advance(machines, yearAt(), dateless).applied).toEqual([]);
  });

  test('the order of the regions does not matter to where they end', () => {
    const turned = { ...machines, regions: machines.regions.toReversed() };
    for (const conditions of kinds)
      for (const today of ['2026-10-01', '2027-01-21', '2027-04-01', '2027-08-01'])
        for (const grant of ['inPreparation', 'approved']) {
          const regions = yearAt({ planningGrant: grant, rootCause: 'prioritiesNamed' });
          expect(advance(turned, regions, on(today, conditions)).regions).toEqual(
            advance(machines, regions, on(today, conditions)).regions,
          );
        }
  });

  test('a chart whose automatic events go round in a circle is refused', () => {
    const circling = withEdges(machines, 'sip', 'drafting', { 'sip.draftingOpened': 'notStarted' });
    const regions = yearAt({ rootCause: 'prioritiesNamed' });
    expect(() => advance(circling, regions, on('2027-05-01'))).toThrow('go round in a circle');
  });
});
