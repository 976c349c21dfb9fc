import { beforeAll, describe, expect, test } from '@jest/globals';
import type { YearModel } from '../../src/planning-years/model.ts';
import { remarksOn } from '../../src/planning-years/take-over.ts';
import { illinois, PaperYear } from '../support/year.ts';

let model: YearModel;
beforeAll(async () => {
  model = new PaperYear(await illinois()).model;
});

const of = (regions: Record<string, string>, more: object = {}) =>
  remarksOn(model, {
    regions,
    conditions: { newlyDesignated: false, cps: false, resourceAllocationReview: null },
    releasedOn: '2026-10-15',
    today: '2027-02-20',
    ...more,
  });
const named = (remarks: { region: string }[]) => remarks.map(({ region }) => region);
const schools = {
  cps: { newlyDesignated: false, cps: true, resourceAllocationReview: null },
  selected: { newlyDesignated: false, cps: false, resourceAllocationReview: true },
  passedOver: { newlyDesignated: false, cps: false, resourceAllocationReview: false },
};

describe('a state that what is known of the school contradicts', () => {
  test.each([
    ['exempt outside CPS', { iqfsr: 'exempt' }, {}],
    ['a rubric begun at a CPS school', { iqfsr: 'introduced' }, { conditions: schools.cps }],
    [
      'passed over though selected',
      { resourceAllocationReview: 'notSelected' },
      { conditions: schools.selected },
    ],
    [
      'selected though passed over',
      { resourceAllocationReview: 'selected' },
      { conditions: schools.passedOver },
    ],
    ['awaiting a release that has been', { designation: 'awaiting' }, {}],
    ['no approved grant before its day', { qer4: 'noApprovedGrant' }, {}],
  ])('is a fault: %s', (_, regions, more) => {
    const { faults, warnings } = of(regions, more);
    expect(named(faults)).toEqual(Object.keys(regions));
    expect(faults[0]?.detail).toMatch(/^cannot stand at "/);
    expect(warnings).toEqual([]);
  });

  test.each([
    ['exempt at a CPS school', { iqfsr: 'exempt' }, { conditions: schools.cps }],
    ['where it begins', { iqfsr: 'notStarted' }, { conditions: schools.cps }],
    ['passed over by ISBE itself', { resourceAllocationReview: 'notSelected' }, {}],
    ['awaiting what has not been', { designation: 'awaiting' }, { releasedOn: null }],
    ['no approved grant after its day', { qer2: 'noApprovedGrant' }, {}],
    ['left for time to move on', { qer2: 'quarterOpen' }, {}],
  ])('and is none: %s', (_, regions, more) => {
    expect(of(regions, more)).toEqual({ faults: [], warnings: [] });
  });
});

describe('a state that the rules across regions would not have let happen', () => {
  test.each([
    ['a plan without priorities', { sip: 'approved' }, ['sip']],
    ['priorities before the report', { rootCause: 'prioritiesNamed' }, ['rootCause']],
    ['a cause before the report', { rootCause: 'conducted' }, ['rootCause']],
    ['a report on no grant', { qer2: 'submitted', planningGrant: 'notReleased' }, ['qer2']],
    ['introduced before the meeting', { orientation: 'introduced' }, ['orientation']],
  ])('is taken, with a warning: %s', (_, regions, warned) => {
    const { faults, warnings } = of(regions);
    expect([faults, named(warnings)]).toEqual([[], warned]);
    expect(warnings[0]?.detail).toMatch(/^".+" stands at ".+" already\. .+\.$/);
  });

  test.each([
    ['nothing to report, as somebody said', { qer2: 'noApprovedGrant', planningGrant: 'approved' }],
    ['trained before the meeting', { orientation: 'trained' }],
    ['a plan being drafted', { sip: 'drafting' }],
  ])('is no longer one where the rules were loosened: %s', (_, regions) => {
    expect(of(regions)).toEqual({ faults: [], warnings: [] });
  });

  test('is nothing to speak of once the others have come as far', () => {
    const regions = {
      ...{ designation: 'coordinatorMet', orientation: 'trained', planningGrant: 'approved' },
      ...{ needsAssessment: 'discussed', rootCause: 'prioritiesNamed', sip: 'beforeBoard' },
    };
    expect(of({ ...regions, qer2: 'submitted' })).toEqual({ faults: [], warnings: [] });
  });
});
