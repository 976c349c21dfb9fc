import type { Region } from '../region.ts';
import { charts, rules } from './rules.ts';

/**
 * Teams may work on the vendor's preliminary findings; only the priorities follow from the final
 * needs assessment report.
 */
export const rootCause: Region = {
  key: 'rootCause',
  title: 'Root cause analysis',
  chart: charts.createMachine({
    id: 'rootCause',
    initial: 'notStarted',
    states: {
      notStarted: { on: { 'rootCause.meetingSet': { target: 'meetingSet', guard: 'released' } } },
      meetingSet: { on: { 'rootCause.conducted': 'conducted' } },
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
    'rootCause.conducted': {
      title: 'Root cause analysis conducted',
      by: ['principal'],
      warn: (_, facts) =>
        rules.reportIssued.holds(facts)
          ? []
          : [
              {
                code: 'report-not-issued',
                detail:
                  'The final needs assessment report has not been issued yet: look at the root causes again when it is.',
              },
            ],
    },
    'rootCause.prioritiesNamed': {
      title: 'Priorities for the plan named',
      by: ['district', 'principal'],
    },
  },
};
