import { z } from 'zod';
import type { Region } from '../region.ts';
import { charts } from './rules.ts';

/** The plan itself is kept elsewhere: its completeness is attested, and the log shows by whom. */
const attestation = z
  .strictObject({
    planHeldElsewhere: z
      .literal(true)
      .meta({ description: 'Attests that the complete plan is kept outside this system' }),
    link: z
      .url({ protocol: /^https?$/, normalize: true })
      .regex(/^https?:\/\//)
      .max(2000)
      .meta({ description: 'Where the plan can be read (http or https)' }),
  })
  .meta({ description: 'Attestation that the plan is complete' });

/**
 * The school improvement plan, from the first draft to the vote of the local board. It may be drafted
 * from the release on and is complete once it answers the priorities. Only a complete plan gets ready
 * for the board; one that comes back is completed anew.
 */
export const sip: Region = {
  key: 'sip',
  title: 'School improvement plan (SIP)',
  chart: charts.createMachine({
    id: 'sip',
    initial: 'notStarted',
    states: {
      notStarted: {
        on: { 'sip.draftingOpened': { target: 'drafting', guard: 'released' } },
      },
      drafting: { on: { 'sip.completed': { target: 'complete', guard: 'prioritiesNamed' } } },
      complete: { on: { 'sip.readyForBoard': 'readyForBoard' } },
      readyForBoard: { on: { 'sip.putBeforeBoard': 'beforeBoard' } },
      beforeBoard: { on: { 'sip.approved': 'approved', 'sip.returned': 'drafting' } },
      approved: { type: 'final' },
    },
  }),
  states: {
    notStarted: { title: 'Not started' },
    drafting: { title: 'Open for drafting' },
    complete: { title: 'Complete' },
    readyForBoard: { title: 'Ready for the board' },
    beforeBoard: { title: 'Before the board' },
    approved: { title: 'Approved by the board' },
  },
  events: {
    'sip.draftingOpened': { title: 'Drafting opened', by: [], automatic: true },
    'sip.completed': {
      title: 'Plan completed',
      by: ['principal'],
      data: {
        schema: attestation,
        example: { planHeldElsewhere: true, link: 'https://plans.example.org/sip-2026-27' },
        required: true,
      },
    },
    'sip.readyForBoard': {
      title: 'Plan found ready for the board',
      by: ['district', 'principal'],
    },
    'sip.putBeforeBoard': { title: 'Plan put before the board', by: ['district'] },
    'sip.approved': { title: 'Plan approved by the board', by: ['district'] },
    'sip.returned': {
      title: 'Plan returned by the board for more work',
      by: ['district'],
      returns: true,
    },
  },
};
