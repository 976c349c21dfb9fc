import { z } from 'zod';
import { keepable } from '../db/keepable.ts';
import { text } from '../http/schemas.ts';
import { type DeliveryReport, MOST_RECIPIENTS } from './read-report.ts';

const sesRecipients = z
  .array(
    z.looseObject({
      emailAddress: z.string().max(500),
      status: z.string().max(100).optional(),
      diagnosticCode: z.string().max(5000).optional(),
    }),
  )
  .max(MOST_RECIPIENTS);

/** What Amazon SES tells of a mail; the members that we read. */
const ses = z.looseObject({
  notificationType: z.string().max(100).optional(),
  eventType: z.string().max(100).optional(),
  mail: z.looseObject({
    messageId: z.string().max(500),
    commonHeaders: z.looseObject({ messageId: z.string().max(500).optional() }).optional(),
    headers: z
      .array(z.looseObject({ name: z.string().max(200), value: z.string().max(5000) }))
      .max(1_000)
      .optional(),
  }),
  bounce: z
    .looseObject({ bounceType: z.string().max(100), bouncedRecipients: sesRecipients })
    .optional(),
  deliveryDelay: z.looseObject({ delayedRecipients: sesRecipients }).optional(),
  delivery: z
    .looseObject({ recipients: z.array(z.string().max(500)).max(MOST_RECIPIENTS) })
    .optional(),
});

/** A report in our own words, or as a provider puts it. */
export const jsonReport = z
  .strictObject({
    outcome: z.enum(['bounced', 'delayed', 'delivered']).optional(),
    messageId: text(500).optional().describe('The Message-ID of the mail'),
    recipient: z.email().max(254).optional().describe('Enough where no Message-ID is known'),
    status: z
      .string()
      .regex(/^[245]\.\d{1,3}\.\d{1,3}$/, 'must be a status such as 5.1.1')
      .optional()
      .describe(
        'The enhanced status (RFC 3463); the address of a bounce that is not 5.x.x still gets mail',
      ),
    detail: z.string().max(2000).default('').describe('What the mail server said'),
    ses: ses.optional().describe('Instead of all else: what Amazon SES tells, as it comes'),
  })
  .refine(
    ({ outcome, messageId, recipient, ses }) =>
      ses !== undefined || (outcome !== undefined && (messageId ?? recipient) !== undefined),
    {
      path: ['outcome'],
      error: 'say what became of which mail: outcome with messageId or recipient',
    },
  )
  .meta({
    id: 'DeliveryReport',
    example: { outcome: 'bounced', messageId: '<id@example.org>', status: '5.1.1' },
  });

/** What a report in JSON says, recipient by recipient. */
export function readJsonReport(report: z.infer<typeof jsonReport>): DeliveryReport[] {
  if (report.ses) return ofSes(report.ses);
  const { outcome, messageId, recipient, status, detail } = report;
  if (!outcome) return [];
  return [
    {
      outcome,
      permanent: outcome === 'bounced' && (status ?? '5').startsWith('5'),
      mailId: bracketed(messageId ?? null),
      recipient: recipient?.toLowerCase() ?? null,
      enhanced: status ?? null,
      detail,
    },
  ];
}

function ofSes({ mail, bounce, deliveryDelay, delivery }: z.infer<typeof ses>): DeliveryReport[] {
  const header = mail.headers?.find(({ name }) => name.toLowerCase() === 'message-id')?.value;
  const mailId = bracketed(header ?? mail.commonHeaders?.messageId ?? null);
  const of = (
    outcome: DeliveryReport['outcome'],
    permanent: boolean,
    { emailAddress, status, diagnosticCode }: z.infer<typeof sesRecipients>[number],
  ): DeliveryReport => ({
    outcome,
    permanent,
    mailId,
    recipient: emailAddress.toLowerCase(),
    enhanced: /^[245]\.\d{1,3}\.\d{1,3}$/.test(status ?? '') ? status! : null,
    detail: keepable(diagnosticCode ?? status ?? '', 2_000),
  });
  // `Transient` is a mailbox that is full, a message too large: the address lives.
  const permanent = bounce?.bounceType === 'Permanent';
  return [
    ...(bounce?.bouncedRecipients ?? []).map((one) => of('bounced', permanent, one)),
    ...(deliveryDelay?.delayedRecipients ?? []).map((one) => of('delayed', false, one)),
    ...(delivery?.recipients ?? []).map((emailAddress) => of('delivered', false, { emailAddress })),
  ];
}

const bracketed = (id: string | null): string | null =>
  id === null ? null : `<${id.replace(/^<|>$/g, '')}>`;
