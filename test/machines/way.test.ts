import { expect, test } from '@jest/globals';
import { rulesAgainst } from '../../machines/way.ts';
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
  expect(against('resourceAllocationReview', 'notSelected')).toEqual([]);
  expect(against('qer2', 'submitted')).toEqual(['ISBE has not approved the planning grant yet.']);
});
