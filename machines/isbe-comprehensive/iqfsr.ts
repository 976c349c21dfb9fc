import type { Region } from '../region.ts';
import { charts } from './rules.ts';

/**
 * Illinois Quality Framework Supporting Rubric: a self-assessment by consensus, due Jan 31. A school
 * that turns out to be of CPS is exempt from what it has not entered yet.
 */
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
      introduced: {
        on: {
          'iqfsr.exempted': { target: 'exempt', guard: 'cpsSchool' },
          'iqfsr.facilitated': 'facilitated',
        },
      },
      facilitated: {
        on: {
          'iqfsr.exempted': { target: 'exempt', guard: 'cpsSchool' },
          'iqfsr.consensusReached': 'consensus',
        },
      },
      consensus: {
        on: {
          'iqfsr.exempted': { target: 'exempt', guard: 'cpsSchool' },
          'iqfsr.enteredInIwas': 'enteredInIwas',
        },
      },
      enteredInIwas: { type: 'final' },
      exempt: { type: 'final', on: { 'iqfsr.exemptionEnded': 'notStarted' } },
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
    'iqfsr.exemptionEnded': {
      title: 'Exemption ended, as the school is not known to be of CPS',
      by: [],
      whenCorrected: 'cps',
    },
    'iqfsr.introduced': {
      title: 'IQFSR introduced and facilitation prepared',
      by: ['district', 'principal'],
    },
    'iqfsr.facilitated': { title: 'IQFSR facilitated', by: ['district', 'principal'] },
    'iqfsr.consensusReached': { title: 'Consensus on the IQFSR reached', by: ['slt'] },
    'iqfsr.enteredInIwas': { title: 'Results entered in {portal}', by: ['principal'] },
  },
};
