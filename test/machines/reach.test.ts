import { expect, test } from '@jest/globals';
import { machinesOf } from '../../machines/index.ts';
import {
  atOrAfter,
  automaticEvents,
  correctedEvents,
  eventsAfter,
  nextEvents,
  reachable,
} from '../../machines/reach.ts';
import type { Region } from '../../machines/region.ts';

const machines = machinesOf('isbe-comprehensive')!;
const region = (key: string): Region => machines.regions.find((one) => one.key === key)!;

test('a returned plan can be drafted again, an approved one cannot', () => {
  expect(reachable(region('sip'), 'beforeBoard', 'drafting')).toBe(true);
  expect(reachable(region('sip'), 'approved', 'drafting')).toBe(false);
  expect(reachable(region('sip'), 'approved', 'approved')).toBe(true);
});

test('a draft has not come as far as the board, though a returned plan was there', () => {
  expect(atOrAfter(region('sip'), 'beforeBoard', 'drafting')).toBe(false);
  expect(atOrAfter(region('sip'), 'drafting', 'beforeBoard')).toBe(true);
  expect(atOrAfter(region('sip'), 'drafting', 'drafting')).toBe(true);
  expect(atOrAfter(region('planningGrant'), 'submitted', 'inPreparation')).toBe(false);
});

test('a state that does not apply comes after nothing, but is itself', () => {
  const review = region('resourceAllocationReview');
  expect(atOrAfter(review, 'awaitingSelection', 'notSelected')).toBe(false);
  expect(atOrAfter(review, 'selected', 'notSelected')).toBe(false);
  expect(atOrAfter(review, 'notSelected', 'notSelected')).toBe(true);
  expect(atOrAfter(review, 'awaitingSelection', 'reviewed')).toBe(true);
  expect(atOrAfter(region('iqfsr'), 'notStarted', 'exempt')).toBe(false);
});

test('what a correction opens again does not lie ahead', () => {
  expect(atOrAfter(region('iqfsr'), 'facilitated', 'introduced')).toBe(false);
  expect(eventsAfter(region('iqfsr'), 'consensus')).toEqual([
    'iqfsr.exempted',
    'iqfsr.enteredInIwas',
  ]);
  expect(eventsAfter(region('iqfsr'), 'exempt')).toEqual([]);
  expect(nextEvents(region('iqfsr'), 'exempt')).toEqual([]);
  expect(correctedEvents(region('iqfsr'), 'exempt', 'cps')).toEqual(['iqfsr.exemptionEnded']);
  expect(correctedEvents(region('iqfsr'), 'exempt', 'newlyDesignated')).toEqual([]);
});

test('a report that is asked for after all can be submitted, and nothing lies ahead until it is', () => {
  expect(nextEvents(region('qer2'), 'noApprovedGrant')).toEqual(['qer2.reopened']);
  expect(reachable(region('qer2'), 'noApprovedGrant', 'submitted')).toBe(true);
  expect(reachable(region('qer2'), 'submitted', 'noApprovedGrant')).toBe(false);
  expect(eventsAfter(region('qer2'), 'noApprovedGrant')).toEqual([]);
  expect(atOrAfter(region('qer2'), 'preparing', 'noApprovedGrant')).toBe(false);
});

test('of two surveys in either order neither comes after the other', () => {
  expect(atOrAfter(region('surveys'), 'progressSent', 'annualCompleted')).toBe(false);
  expect(atOrAfter(region('surveys'), 'annualCompleted', 'progressSent')).toBe(false);
  expect(atOrAfter(region('surveys'), 'annualCompleted', 'completed')).toBe(true);
});

test('after a return everything that lies ahead is to be raised again', () => {
  expect(eventsAfter(region('sip'), 'drafting')).toEqual([
    'sip.completed',
    'sip.readyForBoard',
    'sip.putBeforeBoard',
    'sip.approved',
  ]);
  expect(eventsAfter(region('planningGrant'), 'inPreparation')).toEqual([
    'planningGrant.submitted',
    'planningGrant.approved',
  ]);
  expect(eventsAfter(region('planningYearReport'), 'open')).toEqual([
    'planningYearReport.submitted',
    'planningYearReport.approved',
  ]);
  expect(eventsAfter(region('sip'), 'approved')).toEqual([]);
});

test('people and the engine each have their own events in a state', () => {
  expect(nextEvents(region('sip'), 'beforeBoard')).toEqual(['sip.approved', 'sip.returned']);
  expect(nextEvents(region('qer2'), 'preparing')).toEqual(['qer2.submitted', 'qer2.noGrant']);
  expect(automaticEvents(region('qer2'), 'preparing')).toEqual([]);
  expect(nextEvents(region('qer2'), 'quarterOpen')).toEqual([]);
  expect(automaticEvents(region('qer2'), 'quarterOpen')).toEqual(['qer2.quarterClosed']);
});

test('a state that the region does not have is a fault, not an answer', () => {
  const unknown = 'Region sip has no state "adopted"';
  expect(() => nextEvents(region('sip'), 'adopted')).toThrow(unknown);
  expect(() => atOrAfter(region('sip'), 'drafting', 'adopted')).toThrow(unknown);
  expect(() => atOrAfter(region('sip'), 'adopted', 'drafting')).toThrow(unknown);
  expect(() => reachable(region('sip'), 'drafting', 'adopted')).toThrow(unknown);
});
