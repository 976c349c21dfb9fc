import type { Region } from '../region.ts';
import { charts } from './rules.ts';

/**
 * What people attend and watch. Its tasks may be done in any order; the region tells how far the
 * whole of it has come, and begins with the introduction meeting.
 */
export const orientation: Region = {
  key: 'orientation',
  title: 'Orientation',
  chart: charts.createMachine({
    id: 'orientation',
    initial: 'gettingStarted',
    states: {
      gettingStarted: {
        on: { 'orientation.introduced': { target: 'introduced', guard: 'introductionHeld' } },
      },
      introduced: { on: { 'orientation.trained': 'trained' } },
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
      by: ['district', 'principal', 'slt'],
    },
    'orientation.trained': {
      title: 'Learning series 2 and ESSA conference completed',
      by: ['district', 'principal', 'slt', 'vendor'],
    },
    'orientation.informed': {
      title: 'May information webinar attended',
      by: ['district', 'principal'],
    },
  },
};
