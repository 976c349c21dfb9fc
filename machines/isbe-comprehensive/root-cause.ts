import type { Region } from '../region.ts';
import { charts } from './rules.ts';

/** The meeting may be set early; the analysis itself works on the final needs assessment report. */
export const rootCause: Region = {
  key: 'rootCause',
  title: 'Root cause analysis',
  chart: charts.createMachine({
    id: 'rootCause',
    initial: 'notStarted',
    states: {
      notStarted: { on: { 'rootCause.meetingSet': { target: 'meetingSet', guard: 'released' } } },
      meetingSet: { on: { 'rootCause.conducted': { target: 'conducted', guard: 'reportIssued' } } },
      conducted: {
        on: { 'rootCause.prioritiesNamed': { target: 'prioritiesNamed', guard: 'reportIssued' } },
      },
      prioritiesNamed: { type: 'final' },
    },
  }),
  states: {
    notStarted: { title: 'Not started' },
    meetingSet: { title: 'Meeting set' },
    conducted: { title: 'Conducted' },
    prioritiesNamed: { title: 'Priorities named' },
  },
  events: {
    'rootCause.meetingSet': {
      title: 'In-person root cause meeting set',
      by: ['district', 'principal'],
    },
    'rootCause.conducted': { title: 'Root cause analysis conducted', by: ['principal'] },
    'rootCause.prioritiesNamed': {
      title: 'Priorities for the plan named',
      by: ['district', 'principal'],
    },
  },
};
