import type { Region } from '../region.ts';
import { charts } from './rules.ts';

/** Illinois Quality Framework Supporting Rubric: a self-assessment by consensus, due Jan 31. */
export const iqfsr: Region = {
  key: 'iqfsr',
  title: 'Illinois Quality Framework Supporting Rubric (IQFSR)',
  chart: charts.createMachine({
    id: 'iqfsr',
    initial: 'notStarted',
    states: {
      notStarted: {
        on: {
          'iqfsr.exempted': { target: 'exempt', guard: 'cpsSchool' },
          'iqfsr.introduced': { target: 'introduced', guard: 'releasedOutsideCps' },
        },
      },
      introduced: { on: { 'iqfsr.facilitated': 'facilitated' } },
      facilitated: { on: { 'iqfsr.consensusReached': 'consensus' } },
      consensus: { on: { 'iqfsr.enteredInIwas': 'enteredInIwas' } },
      enteredInIwas: { type: 'final' },
      exempt: { type: 'final' },
    },
  }),
  states: {
    notStarted: { title: 'Not started' },
    introduced: { title: 'Introduced' },
    facilitated: { title: 'Facilitated' },
    consensus: { title: 'Consensus reached' },
    enteredInIwas: { title: 'Entered in {portal}' },
    exempt: { title: 'Exempt (CPS school)', doesNotApply: true },
  },
  events: {
    'iqfsr.exempted': { title: 'School exempted from the IQFSR', by: [], automatic: true },
    'iqfsr.introduced': {
      title: 'IQFSR introduced and facilitation prepared',
      by: ['district', 'principal'],
    },
    'iqfsr.facilitated': { title: 'IQFSR facilitated', by: ['district', 'principal'] },
    'iqfsr.consensusReached': { title: 'Consensus on the IQFSR reached', by: ['slt'] },
    'iqfsr.enteredInIwas': { title: 'Results entered in {portal}', by: ['principal'] },
  },
};
