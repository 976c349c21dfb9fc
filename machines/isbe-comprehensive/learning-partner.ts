import { z } from 'zod';
import type { Region } from '../region.ts';
import { charts } from './rules.ts';

const choice = z
  .strictObject({
    partners: z
      .array(
        z
          .string()
          .trim()
          .min(1)
          .max(200)
          // No control characters and no broken surrogates: a database takes neither.
          .regex(/^[^\p{Cc}\p{Cs}]+$/u),
      )
      .min(1)
      .max(10)
      .meta({ description: 'Names of the partners chosen' }),
  })
  .meta({ description: 'The approved learning partners that were chosen' });

/** Approved partners are interviewed and chosen; the local board then approves their contracts. */
export const learningPartner: Region = {
  key: 'learningPartner',
  title: 'Learning partner',
  chart: charts.createMachine({
    id: 'learningPartner',
    initial: 'interviewing',
    states: {
      interviewing: {
        on: { 'learningPartner.identified': { target: 'identified', guard: 'released' } },
      },
      identified: { on: { 'learningPartner.contractScheduled': 'contractScheduled' } },
      contractScheduled: { on: { 'learningPartner.contractApproved': 'approved' } },
      approved: { type: 'final' },
    },
  }),
  states: {
    interviewing: { title: 'Interviewing partners' },
    identified: { title: 'Partners identified' },
    contractScheduled: { title: 'Contracts scheduled for the board' },
    approved: { title: 'Contracts approved by the board' },
  },
  events: {
    'learningPartner.identified': {
      title: 'Learning partners identified with the selection rubric',
      by: ['district', 'principal', 'slt'],
      data: {
        schema: choice,
        example: { partners: ['Prairie Learning Partners'] },
        required: false,
      },
    },
    'learningPartner.contractScheduled': {
      title: 'Board approval of the contracts scheduled',
      by: ['district'],
    },
    'learningPartner.contractApproved': {
      title: 'Contracts approved by the board',
      by: ['district'],
    },
  },
};
