import { z } from 'zod';
import { instant, isoDate, listOf, pageQuery } from '../http/schemas.ts';
import { daysBetween } from './days.ts';

const status = z
  .enum(['scheduled', 'held', 'sent', 'dropped', 'retrying', 'failed', 'bounced'])
  .describe('retrying: failed for now; failed: for good');

const recipient = z
  .strictObject({ id: z.uuid(), name: z.string(), email: z.string() })
  .meta({ id: 'ReminderRecipient' });

export const reminder = z
  .strictObject({
    id: z.uuid(),
    planningYear: z.uuid(),
    school: z.string().nullable(),
    task: z.uuid().nullable().describe('null: about a month, or about a role that nobody holds'),
    role: z.string(),
    recipient: recipient.nullable().describe('null: nobody holds the role'),
    rule: z.string().describe("A rule of the program's reminders, or `noRecipient`"),
    occasion: z.string().describe('Rule, threshold and due date; or rule and month'),
    dueOn: isoDate.describe('The local date on which it became due'),
    status,
    reason: z.string().nullable().describe('Why it is held, was dropped, or failed'),
    sentAt: instant.nullable(),
    createdAt: instant,
  })
  .meta({ id: 'Reminder' });

export const reminders = listOf(reminder).meta({ id: 'Reminders' });

export const remindersQuery = z.strictObject({
  ...pageQuery,
  planningYear: z.uuid().optional(),
  recipient: z.uuid().optional().describe('Id of a person'),
  status: status.optional(),
});
export type RemindersQuery = z.infer<typeof remindersQuery>;

const item = z
  .strictObject({
    section: z.enum(['late', 'due', 'month', 'waiting', 'noRecipient']),
    planningYear: z.uuid(),
    task: z.uuid().nullable(),
    role: z.string().describe("The role's title"),
    title: z.string().nullable(),
    dueOn: isoDate.nullable(),
  })
  .meta({ id: 'DigestItem' });

export const preview = z
  .strictObject({
    recipient,
    on: isoDate,
    subject: z.string(),
    text: z.string(),
    html: z.string(),
    items: z.array(item),
  })
  .meta({ id: 'DigestPreview' });

export const previews = listOf(preview).meta({ id: 'DigestPreviews' });

/** Two months, however long they are. */
const LONGEST = 62;

export const previewQuery = z
  .strictObject({ ...pageQuery, from: isoDate, to: isoDate })
  .superRefine(({ from, to }, { addIssue }) => {
    const days = daysBetween(from, to) + 1;
    const fault = (message: string) => addIssue({ code: 'custom', path: ['to'], message });
    if (days < 1) fault('must not be before from');
    if (days > LONGEST) fault(`must be within ${LONGEST} days from from`);
  });
