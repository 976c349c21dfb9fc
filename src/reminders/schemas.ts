import { z } from 'zod';
import { instant, isoDate, line, listOf, pageQuery } from '../http/schemas.ts';
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
    task: z
      .uuid()
      .nullable()
      .describe('null: about a month, a role that nobody holds, or an address that refuses mail'),
    role: z.string(),
    recipient: recipient.nullable().describe('null: nobody holds the role'),
    rule: z.string().describe("A rule of the program's reminders, or `noRecipient`"),
    occasion: z
      .string()
      .describe(
        'Rule, threshold and due date; or rule and month; or rule, date and place in the log; or rule and suppression',
      ),
    dueOn: isoDate.describe('The local date on which it became due'),
    delivery: z.enum(['digest', 'atOnce']).describe('atOnce: in a mail of its own'),
    status,
    reason: z.string().nullable().describe('Why it is held, was dropped, or failed'),
    sentAt: instant.nullable(),
    createdAt: instant,
  })
  .meta({ id: 'Reminder' });

export const reminders = listOf(reminder).meta({ id: 'Reminders' });

const message = z
  .strictObject({
    id: z.uuid(),
    kind: z.enum(['digest', 'atOnce']),
    on: isoDate,
    status: z.string(),
    reason: z.string().nullable(),
    messageId: z.string().describe('The header, the same on every attempt'),
    to: z.string().nullable().describe('The address of the last attempt'),
    attempts: z.int(),
    lastError: z.string().nullable(),
    createdAt: instant,
    firstAttemptAt: instant.nullable(),
    nextAttemptAt: instant.nullable(),
    sentAt: instant.nullable(),
    reported: z
      .enum(['delayed', 'delivered', 'bounced', 'complained'])
      .nullable()
      .describe('What the last report of a mail server says'),
    reportedAt: instant.nullable(),
    subject: z
      .string()
      .nullable()
      .describe('As it was sent; null until then, and where it speaks of what is out of reach'),
    text: z.string().nullable(),
    html: z.string().nullable(),
  })
  .meta({ id: 'ReminderMessage' });

export const reminderWithMessage = reminder
  .extend({ message: message.nullable().describe('null: in no mail yet') })
  .meta({ id: 'ReminderWithMessage' });

export const remindersQuery = z.strictObject({
  ...pageQuery,
  planningYear: z.uuid().optional(),
  recipient: z.uuid().optional().describe('Id of a person'),
  status: status.optional(),
  rule: line(100).optional(),
  reason: line(100).optional(),
  from: isoDate.optional().describe('Became due on this date or later'),
  to: isoDate.optional().describe('Became due on this date or earlier'),
});
export type RemindersQuery = z.infer<typeof remindersQuery>;

const item = z
  .strictObject({
    section: z
      .enum(['waitingOnYou', 'late', 'due', 'month', 'waiting', 'unset', 'noRecipient', 'refused'])
      .describe(
        'By what the task is on that day: waitingOnYou, what the reader can do now and others wait for; late, also of other roles; waiting, what others have to make possible first; unset, what has no date yet',
      ),
    planningYear: z.uuid(),
    task: z.uuid().nullable(),
    role: z.string().describe("The role's title"),
    title: z
      .string()
      .nullable()
      .describe('Of the task; or the name of the person whose address refuses mail'),
    dueOn: isoDate.nullable(),
    waitsOn: z
      .array(
        z.strictObject({
          role: z.string().describe('Titles of the roles that would help; empty: only time does'),
          task: z.uuid().nullable().describe('null: none would help, or it is out of reach'),
          title: z.string().describe('Of the task; or what stands in the way'),
        }),
      )
      .optional()
      .describe('What stands in its way, or in that of the event that it brings about'),
  })
  .meta({ id: 'DigestItem' });

export const preview = z
  .strictObject({
    recipient,
    on: isoDate,
    held: z
      .enum(['suppressed', 'trialMode', 'paused'])
      .nullable()
      .describe('What would keep it back as things stand; null: nothing'),
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
