import { z } from 'zod';
import { keepable } from '../db/keepable.ts';
import { InvalidInputError } from '../errors.ts';
import { requireModest } from '../http/modest.ts';
import { text } from '../http/schemas.ts';
import { faultsOfText } from '../http/strings.ts';
import { saysMailboxGone } from '../mail/mailbox-gone.ts';
import { addressOf, type DeliveryReport, isNoComplaint, MOST_RECIPIENTS } from './read-report.ts';

const sesRecipients = z
  .array(
    z.looseObject({
      emailAddress: z.string().max(500),
      action: z.string().max(100).optional(),
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
    destination: z.array(z.string().max(500)).max(MOST_RECIPIENTS).optional(),
    commonHeaders: z.looseObject({ messageId: z.string().max(500).optional() }).optional(),
    headers: z
      .array(z.looseObject({ name: z.string().max(200), value: z.string().max(5000) }))
      .max(1_000)
      .optional(),
  }),
  bounce: z
    .looseObject({
      bounceType: z.string().max(100),
      bounceSubType: z.string().max(100).optional(),
      bouncedRecipients: sesRecipients,
    })
    .optional(),
  complaint: z
    .looseObject({
      complainedRecipients: sesRecipients,
      complaintFeedbackType: z.string().max(100).nullish(),
    })
    .optional(),
  reject: z.looseObject({ reason: z.string().max(500).optional() }).optional(),
  deliveryDelay: z.looseObject({ delayedRecipients: sesRecipients }).optional(),
  delivery: z
    .looseObject({ recipients: z.array(z.string().max(500)).max(MOST_RECIPIENTS) })
    .optional(),
});

/** A report in our own words, or as a provider puts it. */
export const jsonReport = z
  .strictObject({
    outcome: z.enum(['bounced', 'delayed', 'delivered', 'complained']).optional(),
    messageId: text(500).optional().describe('The Message-ID of the mail'),
    recipient: z.email().max(254).optional().describe('Enough where no Message-ID is known'),
    status: z
      .string()
      .regex(/^[245]\.\d{1,3}\.\d{1,3}$/, 'must be a status such as 5.1.1')
      .optional()
      .describe(
        'The enhanced status (RFC 3463). An address gets no more mail only where status and detail say that its mailbox is not there',
      ),
    detail: z.string().max(2000).default('').describe('What the mail server said'),
    ses: ses.optional().describe('Instead of all else: what Amazon SES tells, as it comes'),
  })
  .refine(
    ({ outcome, messageId, recipient, ses }) =>
      ses !== undefined || (outcome !== undefined && (messageId ?? recipient) !== undefined),
    {
      path: ['outcome'],
      error: 'must say what became of which mail: outcome with messageId or recipient',
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
      gone: outcome === 'bounced' && saysMailboxGone(status ?? null, detail),
      forwardedTo: null,
      mailId: bracketed(messageId ?? null),
      recipient: recipient?.toLowerCase() ?? null,
      enhanced: status ?? null,
      detail,
    },
  ];
}

function ofSes(report: z.infer<typeof ses>): DeliveryReport[] {
  const { mail, bounce, reject, deliveryDelay, delivery, complaint } = report;
  const header = mail.headers?.find(({ name }) => name.toLowerCase() === 'message-id')?.value;
  const mailId = bracketed(header ?? mail.commonHeaders?.messageId ?? null);
  const of = (
    outcome: DeliveryReport['outcome'],
    { emailAddress, status, diagnosticCode }: z.infer<typeof sesRecipients>[number],
  ): DeliveryReport => {
    const enhanced = /^[245]\.\d{1,3}\.\d{1,3}$/.test(status ?? '') ? status! : null;
    const detail = keepable(diagnosticCode ?? status ?? '', 2_000);
    const gone = outcome === 'bounced' && bounce !== undefined && isGone(bounce, enhanced, detail);
    const recipient = addressOf(emailAddress);
    return { outcome, gone, mailId, recipient, forwardedTo: null, enhanced, detail };
  };
  const type = complaint?.complaintFeedbackType ?? '';
  return [
    ...(bounce && !isAnswer(bounce) ? bounce.bouncedRecipients : []).map((one) =>
      of('bounced', one),
    ),
    // A virus, as SES thinks: it sends the mail to nobody.
    ...(reject ? (mail.destination ?? []) : []).map((emailAddress) =>
      of('bounced', { emailAddress, diagnosticCode: reject?.reason }),
    ),
    ...(deliveryDelay?.delayedRecipients ?? []).map((one) => of('delayed', one)),
    ...(delivery?.recipients ?? []).map((emailAddress) => of('delivered', { emailAddress })),
    ...(isNoComplaint(type) ? [] : (complaint?.complainedRecipients ?? [])).map((one) => ({
      ...of('complained', one),
      detail: type || 'abuse',
    })),
  ];
}

type SesBounce = NonNullable<z.infer<typeof ses>['bounce']>;

/** SES calls notes of absence bounces, too: general ones without any word of a server. */
const isAnswer = ({ bounceType, bounceSubType, bouncedRecipients }: SesBounce): boolean =>
  bounceType === 'Transient' &&
  bounceSubType === 'General' &&
  bouncedRecipients.every(
    ({ action, status, diagnosticCode }) => (action ?? status ?? diagnosticCode) === undefined,
  );

/**
 * `Transient` is a mailbox that is full, a message too large; some subtypes say it by name. The list of
 * one's own account also holds those who have complained.
 */
function isGone(
  { bounceType, bounceSubType = '' }: SesBounce,
  enhanced: string | null,
  said: string,
): boolean {
  if (bounceType !== 'Permanent' || bounceSubType === 'OnAccountSuppressionList') return false;
  return ['NoEmail', 'Suppressed'].includes(bounceSubType) || saysMailboxGone(enhanced, said);
}

/** What Amazon tells of the way here, in no report: somebody may have to open an address. */
export interface Notice {
  says: string;
  topic?: string;
  url?: string;
}

/**
 * Takes what a webhook hands in out of its envelope: Amazon SNS puts SES's text into `Message`, or,
 * with raw delivery, sends it bare.
 *
 * @returns a body of the kind `DeliveryReport`, or what is for the log alone
 * @throws InvalidInputError when an envelope holds no JSON, or such as can't be kept
 * @throws TooLargeError when that holds too many values
 */
export function unwrapped(body: unknown): { report: unknown } | { notice: Notice } {
  if (typeof body !== 'object' || body === null) return { report: body };
  const { Type, Message, TopicArn, SubscribeURL, mail, notificationType, eventType } =
    body as Record<string, unknown>;
  const says = typeof Type === 'string' ? SUBSCRIPTIONS.get(Type) : undefined;
  if (says !== undefined && isOfSns(SubscribeURL))
    return { notice: { says, topic: keepable(String(TopicArn), 300), url: SubscribeURL } };
  if (Type === 'Notification' && typeof Message === 'string') {
    if (Message.startsWith('Successfully validated SNS topic')) return { notice: { says: TRIAL } };
    return unwrapped(jsonIn(Message));
  }
  if (notificationType === 'AmazonSnsSubscriptionSucceeded') return { notice: { says: TRIAL } };
  const isBare = mail !== undefined && (notificationType ?? eventType) !== undefined;
  return { report: isBare ? { ses: body } : body };
}

const SUBSCRIPTIONS: ReadonlyMap<string, string> = new Map([
  [
    'SubscriptionConfirmation',
    'Amazon SNS asks to confirm a subscription. Open the link to do so.',
  ],
  [
    'UnsubscribeConfirmation',
    'A subscription of Amazon SNS has ended: no more reports come. Open the link to take it up again.',
  ],
]);
const TRIAL = 'Amazon SES tries out the way for its reports.';

/** Checked like a body of its own. */
function jsonIn(text: string): unknown {
  requireModest(Buffer.from(text));
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new InvalidInputError(
      'The envelope of Amazon SNS holds no report of Amazon SES; see errors.',
      [{ pointer: '/Message', detail: 'is not JSON; send notifications of Amazon SES alone here' }],
    );
  }
  const faults = faultsOfText(json);
  if (faults.length > 0)
    throw new InvalidInputError('Some of the text cannot be stored; see errors.', faults);
  return json;
}

const isOfSns = (url: unknown): url is string =>
  typeof url === 'string' &&
  url.length <= 2_000 &&
  /^https:\/\/sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/\S*$/.test(url);

const bracketed = (id: string | null): string | null =>
  id === null ? null : `<${id.replace(/^<|>$/g, '')}>`;
