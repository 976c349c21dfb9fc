import { setup } from 'xstate';
import { type Facts, guardsOf, type RegionEvent, type Rule } from '../region.ts';

const inState = (region: string, ...states: string[]) => {
  return (facts: Facts) => states.includes(facts.regions[region] ?? '');
};

/** The guards of Illinois' planning year: what one region's story asks of another's, or of the date. */
export const rules = {
  released: {
    holds: (facts) => facts.regions.designation !== 'awaiting',
    reason: 'The designation has not been released yet.',
    waitsFor: ['designation.released'],
  },
  introductionHeld: {
    holds: inState('designation', 'coordinatorMet'),
    reason: 'The introduction meeting with the coordinator has not been held yet.',
    waitsFor: ['designation.coordinatorMet'],
  },
} satisfies Record<string, Rule>;

export const charts = setup({
  types: {} as { context: object; events: RegionEvent },
  guards: guardsOf(rules),
});
