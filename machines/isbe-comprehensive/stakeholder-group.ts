import type { Region } from '../region.ts';
import { charts } from './rules.ts';

/** The stakeholder advisory group, named in March. */
export const stakeholderGroup: Region = {
  key: 'stakeholderGroup',
  title: 'Stakeholder advisory group',
  chart: charts.createMachine({
    id: 'stakeholderGroup',
    initial: 'notNamed',
    states: {
      notNamed: { on: { 'stakeholderGroup.named': { target: 'named', guard: 'released' } } },
      named: { type: 'final' },
    },
  }),
  states: {
    notNamed: { title: 'Not named yet' },
    named: { title: 'Named' },
  },
  events: {
    'stakeholderGroup.named': {
      title: 'Stakeholder advisory group named',
      by: ['district', 'principal', 'slt'],
    },
  },
};
