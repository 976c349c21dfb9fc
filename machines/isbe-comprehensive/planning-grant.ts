import type { Region } from '../region.ts';
import { charts } from './rules.ts';

/** The planning year's grant. ISBE's approval or return is [derived]: the source ends at submission. */
export const planningGrant: Region = {
  key: 'planningGrant',
  title: 'Planning grant',
  chart: charts.createMachine({
    id: 'planningGrant',
    initial: 'notReleased',
    states: {
      notReleased: {
        on: { 'planningGrant.allocationsReleased': { target: 'released', guard: 'released' } },
      },
      released: { on: { 'planningGrant.preparationBegun': 'inPreparation' } },
      inPreparation: { on: { 'planningGrant.submitted': 'submitted' } },
      submitted: {
        on: {
          'planningGrant.approved': 'approved',
          'planningGrant.returned': 'inPreparation',
        },
      },
      approved: { type: 'final' },
    },
  }),
  states: {
    notReleased: { title: 'Allocations not released' },
    released: { title: 'Allocations released' },
    inPreparation: { title: 'Application in preparation' },
    submitted: { title: 'Application submitted' },
    approved: { title: 'Approved' },
  },
  events: {
    'planningGrant.allocationsReleased': { title: 'Allocations released', by: ['isbe'] },
    'planningGrant.preparationBegun': {
      title: 'Preparation of the application begun',
      by: ['district'],
    },
    'planningGrant.submitted': { title: 'Application submitted to ISBE', by: ['district'] },
    'planningGrant.approved': { title: 'Application approved', by: ['isbe'] },
    'planningGrant.returned': {
      title: 'Application returned to the district',
      by: ['isbe'],
      returns: true,
    },
  },
};
