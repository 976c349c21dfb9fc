import type { Region } from '../region.ts';
import { charts } from './rules.ts';

/**
 * What people attend and watch. Each does so for themselves and nobody's attendance holds up another:
 * the coordinator tells how far the whole of it has come, at the latest at its last dated occasion.
 */
export const orientation: Region = {
  key: 'orientation',
  title: 'Orientation',
  chart: charts.createMachine({
    id: 'orientation',
    initial: 'gettingStarted',
    states: {
      gettingStarted: {
        on: {
          'orientation.introduced': { target: 'introduced', guard: 'introductionHeld' },
          'orientation.trained': { target: 'trained', guard: 'released' },
          'orientation.informed': { target: 'informed', guard: 'released' },
        },
      },
      introduced: {
        on: { 'orientation.trained': 'trained', 'orientation.informed': 'informed' },
      },
      trained: { on: { 'orientation.informed': 'informed' } },
      informed: { type: 'final' },
    },
  }),
  states: {
    gettingStarted: { title: 'Getting started' },
    introduced: { title: 'Introduced' },
    trained: { title: 'Trained' },
    informed: { title: 'Informed about implementation' },
  },
  events: {
    'orientation.introduced': {
      title: 'Learning series 1 and first webinar completed',
      by: ['coordinator'],
    },
    'orientation.trained': {
      title: 'Learning series 2 and ESSA conference completed',
      by: ['coordinator'],
    },
    'orientation.informed': {
      title: 'May information webinar held',
      by: ['coordinator'],
    },
  },
};
