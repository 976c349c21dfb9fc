import type { SendMailOptions } from 'nodemailer';
import addressparser from 'nodemailer/lib/addressparser';
import type { Mail, MailAddress } from './mailer.ts';

/** The message as nodemailer takes it: the same whether it goes over the wire or into a file. */
export function compose(mail: Mail, from: MailAddress): SendMailOptions {
  refuseUnsafe(mail);
  return {
    messageId: mail.messageId,
    date: mail.date,
    from,
    // Objects, never strings: a comma in a string would add recipients.
    to: mail.to,
    ...(mail.replyTo && { replyTo: mail.replyTo }),
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    // Asks machines not to answer a machine (RFC 3834; the second is Exchange's own).
    headers: {
      ...mail.headers,
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
    },
    ...(mail.calendar !== undefined && { attachments: [calendarFile(mail.calendar)] }),
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

const calendarFile = (content: string) => ({
  filename: 'deadlines.ics',
  content,
  contentType: 'text/calendar; charset=utf-8; method=PUBLISH',
});

/** Something in a mail could change its headers or its recipients. */
export class MailRefusedError extends Error {
  override name = 'MailRefusedError';
}

/**
 * The one address of a setting such as `Planning year <no-reply@example.org>`.
 *
 * @throws MailRefusedError when it is not exactly one address
 */
export function parseSender(text: string): MailAddress {
  const [sender, ...more] = addressparser(text);
  if (!sender?.address || more.length > 0)
    throw new MailRefusedError(
      `MAIL_FROM must be one address, such as: Planning year <no-reply@example.org>. It is: ${JSON.stringify(text)}`,
    );
  return { name: sender.name, address: sender.address };
}

/** The domain of our Message-IDs: that of the sender. */
export const mailDomain = ({ mailFrom }: { mailFrom: string }): string =>
  parseSender(mailFrom).address.split('@')[1]!;

/** Line breaks would start a header of their own; NUL ends strings in other programs. */
const BREAKS = /[\r\n\0\u0085\u2028\u2029]/;
const ADDRESS = /^[^\s\p{Cc}<>,;:"()[\]\\@]+@[^\s\p{Cc}<>,;:"()[\]\\@]+$/u;
const MESSAGE_ID = /^<[^\s<>@]+@[^\s<>@]+>$/;

/** Whether a mail can be addressed to it. */
export const isAddress = (address: string): boolean => ADDRESS.test(address);

/** What else a mail may say of itself; never whom it is from, to, or what it is. */
const MORE_HEADERS = /^(List-[A-Za-z-]+|X-[A-Za-z-]+|Precedence|Feedback-ID)$/;

function refuseUnsafe({ messageId, to, replyTo, subject, headers = {} }: Mail): void {
  if (!MESSAGE_ID.test(messageId)) throw refusal('Message-ID', messageId);
  if (BREAKS.test(subject)) throw refusal('subject', subject);
  for (const { name, address } of replyTo ? [to, replyTo] : [to]) {
    if (BREAKS.test(name)) throw refusal('name', name);
    if (!isAddress(address)) throw refusal('address', address);
  }
  for (const [name, value] of Object.entries(headers)) {
    if (!MORE_HEADERS.test(name)) throw refusal('header', name);
    if (BREAKS.test(value)) throw refusal(name, value);
  }
}

const refusal = (what: string, value: string): MailRefusedError =>
  new MailRefusedError(
    `The mail's ${what} can't be used in a header: ${JSON.stringify(value)}. Correct it where it was entered.`,
  );
