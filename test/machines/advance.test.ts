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

  test('a report never falls away by itself, however late and whatever the grant', () => {
    const preparing = { qer2: 'preparing', qer3: 'preparing', qer4: 'preparing' };
    for (const conditions of kinds)
      for (const planningGrant of statesOf('planningGrant'))
        for (const today of ['2027-01-20', '2027-01-21', '2027-04-21', '2027-08-01', '2099-12-31'])
          expect(
            advance(machines, yearAt({ ...preparing, planningGrant }), on(today, conditions))
              .regions,
          ).toMatchObject(preparing);
  });

  test('the plan opens for drafting with the release, at every school and not before', () => {
    for (const conditions of kinds)
      for (const designation of statesOf('designation')) {
        const year = { ...initialRegions(machines), designation };
        const { regions } = advance(machines, year, on('2027-07-01', conditions));
        expect([designation, regions.sip]).toEqual([
          designation,
          designation === 'awaiting' ? 'notStarted' : 'drafting',
        ]);
      }
  });

  test('all that a long silence left out happens in one go, and nothing happens twice', () => {
    const late = on('2027-08-01', { ...outsideCps, resourceAllocationReview: false });
    const { regions, applied } = advance(machines, yearAt({ sip: 'notStarted' }), late);
    expect(types(applied).sort()).toEqual([
      'qer2.quarterClosed',
      'qer3.quarterClosed',
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
        for (const designation of ['awaiting', 'released']) {
          const regions = yearAt({ designation, sip: 'notStarted' });
          expect(advance(turned, regions, on(today, conditions)).regions).toEqual(
            advance(machines, regions, on(today, conditions)).regions,
          );
        }
  });

  test('a chart whose automatic events go round in a circle is refused', () => {
    const circling = withEdges(machines, 'sip', 'drafting', { 'sip.draftingOpened': 'notStarted' });
    expect(() => advance(circling, yearAt(), on('2027-05-01'))).toThrow('go round in a circle');
  });
});

const statesOf = (key: string): string[] =>
  Object.keys(machines.regions.find((region) => region.key === key)!.states);
