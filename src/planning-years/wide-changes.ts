import { z } from 'zod';
import { plannedMail } from './planned-mail.ts';
import { logEntry } from './schemas.ts';

const count = z.int().describe('In how many planning years');

const mailCount = z
  .strictObject({
    total: z.int(),
    byRole: z.record(z.string(), z.int()).describe('A mail counts for each role that it goes to'),
    first: z.array(plannedMail),
  })
  .meta({ id: 'MailCount' });

/** Where an act of many is refused, and why. */
export const refusal = z.strictObject({
  planningYear: z.uuid(),
  school: z.string(),
  code: z.string(),
  detail: z.string(),
});

/** What an act of many would change: counts, and the first few in full. */
const shape = {
  planningYears: z.int().describe('How many it covers'),
  acts: z
    .strictObject({
      taken: z.int(),
      alreadySo: z.int().describe('Where nothing is left to do; no failure'),
      refused: z.int(),
    })
    .describe('One for each planning year, and for each task where there are several'),
  refusals: z.array(refusal).describe('The first 100'),
  states: z.array(
    z.strictObject({ region: z.string(), from: z.string(), to: z.string(), planningYears: count }),
  ),
  tasks: z.array(
    z.strictObject({
      task: z.string().describe('The calendar’s id'),
      title: z.string(),
      role: z.string(),
      from: z.string(),
      to: z.string(),
      planningYears: count,
    }),
  ),
  mails: z
    .strictObject({
      planningYears: z.int().describe('How many of those that take it are looked at: 200 at most'),
      added: mailCount.describe('Within a month, mails that would go out anew'),
      dropped: mailCount.describe('Mails that would no longer go out as they are'),
    })
    .describe('A mail speaks of all its schools at once'),
  first: z
    .array(z.strictObject({ planningYear: z.uuid(), school: z.string(), event: logEntry }))
    .describe('The entries that would be written at the first three'),
};

export const wideChanges = z.strictObject(shape).meta({ id: 'WideChanges' });
export type WideChanges = z.infer<typeof wideChanges>;

export const wideDryRun = z.strictObject({ dryRun: z.literal(true), ...shape }).meta({
  id: 'WideDryRun',
  description: 'What an act of many would change; nothing has been changed.',
});
