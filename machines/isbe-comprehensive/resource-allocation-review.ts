import type { Region } from '../region.ts';
import { charts } from './rules.ts';

/** State-led review for the districts that ISBE selects in February, or that the designation names. */
export const resourceAllocationReview: Region = {
  key: 'resourceAllocationReview',
  title: 'Resource allocation review',
  chart: charts.createMachine({
    id: 'resourceAllocationReview',
    initial: 'awaitingSelection',
    states: {
      awaitingSelection: {
        on: {
          'resourceAllocationReview.passedBy': {
            target: 'notSelected',
            guard: 'notSelectedForReview',
          },
          'resourceAllocationReview.selected': { target: 'selected', guard: 'released' },
          'resourceAllocationReview.notSelected': { target: 'notSelected', guard: 'released' },
        },
      },
      selected: {
        on: {
          'resourceAllocationReview.passedBy': {
            target: 'notSelected',
            guard: 'notSelectedForReview',
          },
          'resourceAllocationReview.dataSubmitted': 'dataSubmitted',
        },
      },
      dataSubmitted: { on: { 'resourceAllocationReview.reportReceived': 'reportReceived' } },
      reportReceived: { on: { 'resourceAllocationReview.reviewed': 'reviewed' } },
      reviewed: { type: 'final' },
      notSelected: {
        type: 'final',
        on: {
          'resourceAllocationReview.takenIn': { target: 'selected', guard: 'selectedForReview' },
          'resourceAllocationReview.reconsidered': 'awaitingSelection',
        },
      },
    },
  }),
  states: {
    awaitingSelection: { title: 'Awaiting selection' },
    selected: { title: 'Selected' },
    dataSubmitted: { title: 'Data submitted' },
    reportReceived: { title: 'Data report received' },
    reviewed: { title: 'Reviewed' },
    notSelected: { title: 'Not selected', doesNotApply: true },
  },
  events: {
    'resourceAllocationReview.passedBy': {
      title: 'District passed over, as the designation said',
      by: [],
      automatic: true,
    },
    'resourceAllocationReview.takenIn': {
      title: 'District selected after all, as the designation was corrected',
      by: [],
      whenCorrected: 'resourceAllocationReview',
    },
    'resourceAllocationReview.reconsidered': {
      title: 'Selection open again, as nobody knows of it',
      by: [],
      whenCorrected: 'resourceAllocationReview',
    },
    'resourceAllocationReview.selected': { title: 'District selected by ISBE', by: ['isbe'] },
    'resourceAllocationReview.notSelected': {
      title: 'District not selected by ISBE',
      by: ['isbe'],
    },
    'resourceAllocationReview.dataSubmitted': {
      title: 'Requested data submitted to ISBE',
      by: ['district'],
    },
    'resourceAllocationReview.reportReceived': {
      title: 'Data report provided by ISBE',
      by: ['isbe'],
    },
    'resourceAllocationReview.reviewed': {
      title: 'Resource allocation review held',
      by: ['isbe', 'district', 'principal'],
    },
  },
};
