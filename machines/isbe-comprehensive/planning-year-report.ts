import type { Region } from '../region.ts';
import { charts } from './rules.ts';

/** Submitted by the principal, then approved by the district, or returned. Its period ends Jun 30. */
export const planningYearReport: Region = {
  key: 'planningYearReport',
  title: 'Planning year report',
  chart: charts.createMachine({
    id: 'planningYearReport',
    initial: 'open',
    states: {
      open: {
        on: { 'planningYearReport.submitted': { target: 'submitted', guard: 'released' } },
      },
      submitted: {
        on: {
          'planningYearReport.approved': 'approved',
          'planningYearReport.returned': 'open',
        },
      },
      approved: { type: 'final' },
    },
  }),
  states: {
    open: { title: 'Open' },
    submitted: { title: 'Submitted by the principal' },
    approved: { title: 'Approved by the district' },
  },
  events: {
    'planningYearReport.submitted': { title: 'Report submitted in {portal}', by: ['principal'] },
    'planningYearReport.approved': { title: 'Report approved in {portal}', by: ['district'] },
    'planningYearReport.returned': {
      title: 'Report returned to the principal',
      by: ['district'],
      returns: true,
    },
  },
};
