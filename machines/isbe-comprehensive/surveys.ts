import type { Region } from '../region.ts';
import { charts } from './rules.ts';

/** Coordinator's school progress survey (March) and annual program survey (May), in either order. */
export const surveys: Region = {
  key: 'surveys',
  title: 'Surveys',
  chart: charts.createMachine({
    id: 'surveys',
    initial: 'awaited',
    states: {
      awaited: {
        on: {
          'surveys.progressSent': { target: 'progressSent', guard: 'released' },
          'surveys.annualCompleted': { target: 'annualCompleted', guard: 'released' },
        },
      },
      progressSent: { on: { 'surveys.annualCompleted': 'completed' } },
      annualCompleted: { on: { 'surveys.progressSent': 'completed' } },
      completed: { type: 'final' },
    },
  }),
  states: {
    awaited: { title: 'Awaited' },
    progressSent: { title: 'Progress survey sent' },
    annualCompleted: { title: 'Annual program survey completed' },
    completed: { title: 'Both completed' },
  },
  events: {
    'surveys.progressSent': { title: 'Progress survey sent to ISBE', by: ['coordinator'] },
    'surveys.annualCompleted': {
      title: 'Annual program survey completed',
      by: ['district', 'principal'],
    },
  },
};
