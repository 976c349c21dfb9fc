import type { Region } from '../region.ts';
import { charts } from './rules.ts';

/** The grant of implementation year 1: to ISBE in June, final in July after the coordinator's approval. */
export const implementationGrant: Region = {
  key: 'implementationGrant',
  title: 'Implementation grant',
  chart: charts.createMachine({
    id: 'implementationGrant',
    initial: 'notReleased',
    states: {
      notReleased: {
        on: { 'implementationGrant.released': { target: 'released', guard: 'released' } },
      },
      released: { on: { 'implementationGrant.draftingBegun': 'drafting' } },
      drafting: { on: { 'implementationGrant.submitted': 'submitted' } },
      submitted: { on: { 'implementationGrant.approved': 'approved' } },
      approved: { on: { 'implementationGrant.finalSubmitted': 'finalSubmitted' } },
      finalSubmitted: { type: 'final' },
    },
  }),
  states: {
    notReleased: { title: 'Application not released' },
    released: { title: 'Application released' },
    drafting: { title: 'Application being drafted' },
    submitted: { title: 'Application submitted' },
    approved: { title: 'Finalized and approved by the coordinator' },
    finalSubmitted: { title: 'Final application submitted' },
  },
  events: {
    'implementationGrant.released': { title: 'Grant application released', by: ['isbe'] },
    'implementationGrant.draftingBegun': {
      title: 'Drafting of the application begun',
      by: ['district'],
    },
    'implementationGrant.submitted': { title: 'Application submitted to ISBE', by: ['district'] },
    'implementationGrant.approved': {
      title: 'Finalized application approved by the coordinator',
      by: ['coordinator'],
    },
    'implementationGrant.finalSubmitted': {
      title: 'Final application submitted to ISBE',
      by: ['district'],
    },
  },
};
