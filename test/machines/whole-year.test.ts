import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { possible } from '../../machines/advance.ts';
import { machinesOf } from '../../machines/index.ts';
import type { ProgramMachines } from '../../machines/region.ts';
import { types } from './support/given.ts';
import { faults, waysBack } from './support/orders.ts';
import { withEdges, withEvent, withRules } from './support/variants.ts';
import {
  circumstances,
  correctFact,
  finish,
  goOn,
  type Kind,
  kinds,
  openYear,
  play,
} from './support/years.ts';

const machines = machinesOf('isbe-comprehensive')!;

const anyYear = fc.record({
  openedOnDay: fc.oneof(fc.constant(0), fc.nat(300)),
  roundsGoneWell: fc.nat(16),
  throws: fc.array(fc.nat(2 ** 20), { maxLength: 60, size: 'max' }),
});

/** A year that goes well for a while, then by dice, and is brought to its end from wherever it stands. */
const soundYear = (program: ProgramMachines, school: Kind) =>
  fc.property(anyYear, ({ openedOnDay, roundsGoneWell, throws }) => {
    const year = openYear(program, school, openedOnDay);
    for (let round = 0; round < roundsGoneWell; round++) goOn(year);
    for (const dice of throws) play(year, dice);
    // Somebody finds out in the end.
    if (year.conditions.cps === null) correctFact(year, 'cps', school.cps);
    expect(finish(year)).toBe(true);
    expect(faults(year.happened)).toEqual([]);
    expect(types(possible(program, year.regions, circumstances(year)))).toEqual(
      waysBack(year.happened),
    );
  });

describe('after anything that people do, the year can be finished and no order was broken', () => {
  test.each(kinds)(
    'newly designated $newlyDesignated, CPS $cps, review $resourceAllocationReview',
    (school) => {
      fc.assert(soundYear(machines, school), { numRuns: 1150 });
    },
  );
});

/** Whether the property above finds the fault in at least one kind of school; always the same throws. */
const isCaught = (program: ProgramMachines): boolean =>
  kinds.some((school, seed) => {
    const options = { numRuns: 100, seed, endOnFailure: true };
    return fc.check(soundYear(program, school), options).failed;
  });

describe('the proof has eyes:', () => {
  test.each(Object.keys(machines.rules))('it finds out when %s always holds', (rule) => {
    expect(isCaught(withRules(machines, { [rule]: () => true }))).toBe(true);
  });

  test.each(Object.keys(machines.rules))('it finds out when %s never holds', (rule) => {
    expect(isCaught(withRules(machines, { [rule]: () => false }))).toBe(true);
  });

  test.each([
    [
      'a plan goes before the board unfinished',
      'sip',
      'drafting',
      { 'sip.putBeforeBoard': 'beforeBoard' },
    ],
    ['a returned plan skips completion', 'sip', 'beforeBoard', { 'sip.returned': 'readyForBoard' }],
    [
      'a report is approved unsubmitted',
      'planningYearReport',
      'open',
      { 'planningYearReport.approved': 'approved' },
    ],
    [
      'a contract comes before its partner',
      'learningPartner',
      'interviewing',
      { 'learningPartner.contractScheduled': 'contractScheduled' },
    ],
    ['a rubric begun goes on at a CPS school', 'iqfsr', 'facilitated', { 'iqfsr.exempted': null }],
    ['an exemption never ends', 'iqfsr', 'exempt', { 'iqfsr.exemptionEnded': null }],
    [
      'a selection outlasts its correction',
      'resourceAllocationReview',
      'selected',
      { 'resourceAllocationReview.passedBy': null },
    ],
    [
      'a district stays passed over though nobody knows',
      'resourceAllocationReview',
      'notSelected',
      { 'resourceAllocationReview.reconsidered': null },
    ],
    [
      'the final report can never be issued',
      'needsAssessment',
      'dataAnalysed',
      { 'needsAssessment.reportIssued': null },
    ],
    [
      'the final report waits for a tick in April',
      'needsAssessment',
      'meetingsSet',
      { 'needsAssessment.reportIssued': null },
    ],
    [
      'root causes wait for the final report',
      'rootCause',
      'meetingSet',
      { 'rootCause.conducted': { target: 'conducted', guard: 'reportIssued' } },
    ],
    [
      'drafting waits for the priorities',
      'sip',
      'notStarted',
      { 'sip.draftingOpened': { target: 'drafting', guard: 'prioritiesNamed' } },
    ],
    [
      'a plan is complete before its priorities',
      'sip',
      'drafting',
      { 'sip.completed': 'complete' },
    ],
    [
      'orientation waits for its introduction',
      'orientation',
      'gettingStarted',
      { 'orientation.informed': null },
    ],
    [
      'a report waits for another region',
      'qer2',
      'preparing',
      { 'qer2.submitted': { target: 'submitted', guard: 'prioritiesNamed' } },
    ],
    [
      'a report is submitted before the release',
      'qer3',
      'preparing',
      { 'qer3.submitted': 'submitted' },
    ],
    [
      'a missing report is never asked for again',
      'qer4',
      'noApprovedGrant',
      { 'qer4.reopened': null },
    ],
    [
      'a report that is submitted can go away',
      'qer4',
      'submitted',
      { 'qer4.noGrant': 'noApprovedGrant' },
    ],
  ])('it finds out when %s', (_, key, state, on) => {
    expect(isCaught(withEdges(machines, key, state, on))).toBe(true);
  });

  test.each(['qer2.noGrant', 'planningGrant.approved', 'resourceAllocationReview.notSelected'])(
    'it finds out when %s comes by itself',
    (type) => {
      expect(isCaught(withEvent(machines, type, { by: [], automatic: true }))).toBe(true);
    },
  );

  test('and it has nothing to say of charts rebuilt without a change', () => {
    expect(isCaught(withRules(machines, {}))).toBe(false);
  });
});
