import { expect, test } from '@jest/globals';
import { edges } from '../../machines/region.ts';
import { rulesAgainst, wayTo } from '../../machines/way.ts';
import { machines, on, yearAt } from './support/given.ts';

const against = (key: string, state: string, regions: Record<string, string> = {}) => {
  const region = machines.regions.find((one) => one.key === key)!;
  const facts = { ...on('2027-03-01'), regions: yearAt({ ...regions, [key]: state }) };
  return rulesAgainst(machines, region, state, facts).map(({ reason }) => reason);
};

test('a state whose way is free has nothing against it', () => {
  expect(against('iqfsr', 'enteredInIwas')).toEqual([]);
  expect(against('surveys', 'completed')).toEqual([]);
  expect(against('sip', 'notStarted')).toEqual([]);
  expect(against('sip', 'approved', { rootCause: 'prioritiesNamed' })).toEqual([]);
});

test('every rule on the way is named once, that of another way is not', () => {
  expect(against('rootCause', 'prioritiesNamed')).toEqual([
    'The final needs assessment report has not been issued yet.',
  ]);
  expect(against('sip', 'approved')).toEqual([
    'The priorities of the school improvement plan have not been named yet.',
  ]);
  expect(against('iqfsr', 'introduced', { designation: 'awaiting' })).toEqual([
    'The IQFSR begins once the designation is released, and only at a school known to be outside Chicago Public Schools.',
  ]);
  expect(against('resourceAllocationReview', 'notSelected')).toEqual([]);
  expect(against('qer2', 'submitted')).toEqual([]);
});

test('the shortest way to an event is told step by step, and none that passes the school by', () => {
  const way = (key: string, from: string, type: string) =>
    wayTo(machines.regions.find((region) => region.key === key)!, from, type);
  expect(way('iqfsr', 'introduced', 'iqfsr.enteredInIwas')).toEqual([
    'iqfsr.facilitated',
    'iqfsr.consensusReached',
  ]);
  expect(way('iqfsr', 'consensus', 'iqfsr.enteredInIwas')).toEqual([]);
  expect(way('needsAssessment', 'meetingsSet', 'needsAssessment.discussed')).toEqual([
    'needsAssessment.reportIssued',
  ]);
  expect(way('iqfsr', 'enteredInIwas', 'iqfsr.introduced')).toBeNull();
  expect(way('qer2', 'submitted', 'qer2.reopened')).toBeNull();
  expect(way('qer2', 'quarterOpen', 'qer2.noGrant')).toBeNull();
  expect(way('sip', 'beforeBoard', 'sip.returned')).toBeNull();
  expect(way('surveys', 'awaited', 'surveys.annualCompleted')).toEqual([]);
});

test('of all ways to an event, whatever the region and the state, none is shorter', () => {
  for (const region of machines.regions) {
    const story = edges(region).filter(({ type, to }) => {
      const { returns, whenCorrected } = region.events[type]!;
      return !returns && whenCorrected === undefined && !region.states[to]!.doesNotApply;
    });
    /** Every way that comes by no state twice. */
    const ways = (state: string, type: string, been: string[] = []): string[][] =>
      story
        .filter(({ from, to }) => from === state && !been.includes(to))
        .flatMap((edge) =>
          edge.type === type
            ? [[]]
            : ways(edge.to, type, [...been, state]).map((way) => [edge.type, ...way]),
        );
    for (const from of Object.keys(region.states))
      for (const type of Object.keys(region.events)) {
        const all = ways(from, type);
        const found = wayTo(region, from, type);
        const shortest = all.toSorted((a, b) => a.length - b.length)[0];
        const place = `${type} from ${from}`;
        expect([place, found?.length ?? null]).toEqual([place, shortest?.length ?? null]);
        if (found) expect(all).toContainEqual(found);
      }
  }
});
