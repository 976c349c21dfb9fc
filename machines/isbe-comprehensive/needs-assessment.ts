import type { Region } from '../region.ts';
import { charts } from './rules.ts';

/**
 * School level needs assessment by a vendor: contract in November, data to April, report in May. The
 * report tells that the data were analysed, whether or not anybody said so in April.
 */
export const needsAssessment: Region = {
  key: 'needsAssessment',
  title: 'Needs assessment',
  chart: charts.createMachine({
    id: 'needsAssessment',
    initial: 'notStarted',
    states: {
      notStarted: {
        on: { 'needsAssessment.contractSigned': { target: 'contractSigned', guard: 'released' } },
      },
      contractSigned: { on: { 'needsAssessment.meetingsSet': 'meetingsSet' } },
      meetingsSet: {
        on: {
          'needsAssessment.dataAnalysed': 'dataAnalysed',
          'needsAssessment.reportIssued': 'reportIssued',
        },
      },
      dataAnalysed: { on: { 'needsAssessment.reportIssued': 'reportIssued' } },
      reportIssued: { on: { 'needsAssessment.discussed': 'discussed' } },
      discussed: { type: 'final' },
    },
  }),
  states: {
    notStarted: { title: 'Not started' },
    contractSigned: { title: 'Contract signed' },
    meetingsSet: { title: 'Meetings set, data being collected' },
    dataAnalysed: { title: 'Data analysed' },
    reportIssued: { title: 'Final report issued' },
    discussed: { title: 'Report discussed' },
  },
  events: {
    'needsAssessment.contractSigned': {
      title: 'Contract signed by district and vendor',
      by: ['district', 'vendor'],
    },
    'needsAssessment.meetingsSet': {
      title: 'First meetings with the vendor set',
      by: ['district', 'principal', 'vendor'],
    },
    'needsAssessment.dataAnalysed': {
      title: 'School and district data collected and analysed',
      by: ['district', 'principal', 'vendor'],
    },
    'needsAssessment.reportIssued': { title: 'Final report issued', by: ['vendor'] },
    'needsAssessment.discussed': {
      title: 'Final report read and discussed',
      by: ['district', 'principal', 'slt'],
    },
  },
};
