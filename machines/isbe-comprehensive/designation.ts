import type { Region } from '../region.ts';
import { charts } from './rules.ts';

/** From ISBE's release to the first meeting with the coordinator. The other regions wait for the release. */
export const designation: Region = {
  key: 'designation',
  title: 'Designation',
  chart: charts.createMachine({
    id: 'designation',
    initial: 'awaiting',
    states: {
      awaiting: { on: { 'designation.released': 'released' } },
      released: { on: { 'designation.letterReceived': 'letterReceived' } },
      letterReceived: { on: { 'designation.coordinatorMet': 'coordinatorMet' } },
      coordinatorMet: { type: 'final' },
    },
  }),
  states: {
    awaiting: { title: 'Awaiting release' },
    released: { title: 'Released by ISBE' },
    letterReceived: { title: 'Letter received' },
    coordinatorMet: { title: 'Coordinator met' },
  },
  events: {
    'designation.released': { title: 'Designation released', by: ['isbe'] },
    'designation.letterReceived': {
      title: 'Designation letter received by district and principal',
      by: ['district', 'principal'],
    },
    'designation.coordinatorMet': {
      title: 'Introduction meeting with the coordinator held',
      by: ['coordinator', 'district', 'principal'],
    },
  },
};
