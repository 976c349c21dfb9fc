import { setup } from 'xstate';
import { type Facts, guardsOf, type RegionEvent, type Rule } from '../region.ts';

/** The guards of Illinois' planning year: what one region's story asks of another's, or of the date. */
export const rules = {
  released: {
    holds: (facts) => released(facts),
    reason: 'The designation has not been released yet.',
    waitsFor: ['designation.released'],
  },
  introductionHeld: {
    holds: (facts) => inState(facts, 'designation', 'coordinatorMet'),
    reason: 'The introduction meeting with the coordinator has not been held yet.',
    waitsFor: ['designation.coordinatorMet'],
  },
  cpsSchool: {
    holds: (facts) => facts.conditions.cps === true,
    reason: 'Only schools of Chicago Public Schools are exempt: they completed Foundations.',
    waitsFor: [],
  },
  releasedOutsideCps: {
    // An unknown school waits: nobody should begin a rubric that a CPS school must not do.
    holds: (facts) => released(facts) && facts.conditions.cps === false,
    reason:
      'The IQFSR begins once the designation is released, and only at a school known to be outside Chicago Public Schools.',
    waitsFor: ['designation.released'],
  },
  notSelectedForReview: {
    holds: (facts) => released(facts) && facts.conditions.resourceAllocationReview === false,
    reason: 'The designation does not say that the district is passed over for the review.',
    waitsFor: ['designation.released'],
  },
  selectedForReview: {
    holds: (facts) => released(facts) && facts.conditions.resourceAllocationReview === true,
    reason: 'The designation does not say that the district is selected for the review.',
    waitsFor: ['designation.released'],
  },
  reportIssued: {
    holds: (facts) => inState(facts, 'needsAssessment', 'reportIssued', 'discussed'),
    reason: 'The final needs assessment report has not been issued yet.',
    waitsFor: ['needsAssessment.reportIssued'],
  },
  prioritiesNamed: {
    holds: (facts) => inState(facts, 'rootCause', 'prioritiesNamed'),
    reason: 'The priorities of the school improvement plan have not been named yet.',
    waitsFor: ['rootCause.prioritiesNamed'],
  },
  quarter2Closed: quarterClosed(2),
  quarter3Closed: quarterClosed(3),
  quarter4Closed: quarterClosed(4),
} satisfies Record<string, Rule>;

/** Charts whose guards are the rules above, by name. */
export const charts = setup({
  types: {} as { context: object; events: RegionEvent },
  guards: guardsOf(rules),
});

export type Quarter = 2 | 3 | 4;

function quarterClosed(quarter: Quarter): Rule {
  return {
    holds: (facts) => isPast(facts, `quarter${quarter}Ends`),
    reason: `Quarter ${quarter} has not ended yet.`,
    waitsFor: [],
  };
}

/** Whether its approval is on record: a report without it is warned of, and refused by nothing. */
export function grantApproved(facts: Facts): boolean {
  return inState(facts, 'planningGrant', 'approved');
}

function released(facts: Facts): boolean {
  return inState(facts, 'designation', 'released', 'letterReceived', 'coordinatorMet');
}

function inState(facts: Facts, region: string, ...states: string[]): boolean {
  return states.includes(facts.regions[region] ?? '');
}

/** Dates in ISO form sort as text. A date that nobody has set never passes. */
function isPast(facts: Facts, name: string): boolean {
  const date = facts.dates[name];
  return date !== undefined && facts.today > date;
}
