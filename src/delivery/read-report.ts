import PostalMime, { type Email } from 'postal-mime';
import { keepable } from '../db/keepable.ts';
import { InvalidInputError } from '../errors.ts';
import { TooLargeError } from '../http/http-errors.ts';
import { saysMailboxGone } from '../mail/mailbox-gone.ts';

/** What a report says of one recipient of one mail. */
export interface DeliveryReport {
  outcome: 'bounced' | 'delayed' | 'delivered' | 'complained';
  /** Of a bounce: the recipient's mailbox is not there. Otherwise another mail may arrive. */
  gone: boolean;
  /** The Message-ID of the mail that it is about, angle brackets included; null where none is named. */
  mailId: string | null;
  /** To whom the mail was addressed, in lower case; null where the report does not say. */
  recipient: string | null;
  /** Who did not get it in the end: another than the recipient where that forwards; else null. */
  forwardedTo: string | null;
  /** The enhanced status (RFC 3463), such as `5.1.1`. */
  enhanced: string | null;
  /** What the remote server said. */
  detail: string;
}

/**
 * Reads what mail servers send back: a delivery status notification (RFC 3464), a complaint (RFC 5965),
 * qmail's bounce, or a mail that names who failed (`X-Failed-Recipients`). Nothing when it is another
 * kind of mail, such as a note of absence or a receipt.
 *
 * @throws TooLargeError when it has more lines, parts or recipients than such a mail has
 * @throws InvalidInputError when it can't be read
 */
export async function readReport(raw: string | Uint8Array): Promise<DeliveryReport[]> {
  requireModestMail(Buffer.from(raw as Uint8Array));
  const mail = await PostalMime.parse(raw, {
    attachmentEncoding: 'utf8',
    forceRfc822Attachments: true,
    maxNestingDepth: DEEPEST,
    maxHeadersSize: LONGEST_HEADERS,
  }).catch((cause) => {
    throw new InvalidInputError(`The mail can't be read: ${(cause as Error).message}.`);
  });
  const reports = ofStatus(mail) ?? ofComplaint(mail) ?? ofText(mail);
  if (reports.length > MOST_RECIPIENTS) throw tooMuch(`${MOST_RECIPIENTS} recipients`);
  return reports;
}

/** Null: it holds no delivery status. */
function ofStatus(mail: Email): DeliveryReport[] | null {
  const status = partOf(mail, /^message\/(global-)?delivery-status$/i);
  if (status === null) return null;
  const mailId = messageIdOf(mail);
  const [, ...recipients] = blocksOf(status);
  if (recipients.length > MOST_RECIPIENTS) throw tooMuch(`${MOST_RECIPIENTS} recipients`);
  return recipients.flatMap((fields) => {
    const action = /[a-z]+/.exec(withoutComments(fields.get('action') ?? '').toLowerCase())?.[0];
    const outcome = OUTCOMES.get(action ?? '');
    if (!outcome) return [];
    const final = addressOf(fields.get('final-recipient'));
    const recipient = addressOf(fields.get('original-recipient')) ?? final;
    const said = keepable(fields.get('diagnostic-code') ?? fields.get('status') ?? '', 2_000);
    const enhanced = enhancedOf(fields.get('status') ?? '', said);
    return [
      {
        ...{ outcome, mailId, recipient, enhanced },
        gone: outcome === 'bounced' && saysMailboxGone(enhanced, said),
        forwardedTo: final === recipient ? null : final,
        detail: said,
      },
    ];
  });
}

/** Somebody has told their provider that the mail is spam. Null: it is no complaint. */
function ofComplaint(mail: Email): DeliveryReport[] | null {
  const feedback = partOf(mail, /^message\/feedback-report$/i);
  if (feedback === null) return null;
  const [fields = new Map<string, string>()] = blocksOf(feedback);
  const type = fields.get('feedback-type')?.trim().toLowerCase() ?? '';
  if (isNoComplaint(type)) return [];
  return [
    {
      outcome: 'complained',
      ...{ gone: false, forwardedTo: null, enhanced: null },
      mailId: messageIdOf(mail),
      recipient: addressOf(fields.get('original-rcpt-to')),
      detail: keepable(type, 2_000) || 'abuse',
    },
  ];
}

/** Feedback of the kinds that accuse nobody: taken back, or about the sender's signatures. */
export const isNoComplaint = (type: string): boolean => ['not-spam', 'auth-failure'].includes(type);

/** Bounces in plain words: qmail's (QSBMF), and those that name who failed in a header, as Exim's do. */
function ofText(mail: Email): DeliveryReport[] {
  const text = keepable(mail.text ?? '', LONGEST_PART).replaceAll('\r\n', '\n');
  const [told = '', ...copy] = text.split(COPY);
  const mailId = namedIn(copy.join('\n')) ?? messageIdOf(mail);
  const report = (recipient: string, said: string): DeliveryReport => {
    const enhanced = enhancedOf('', said);
    return {
      ...{ outcome: 'bounced', mailId, recipient, enhanced },
      ...{ gone: saysMailboxGone(enhanced, said), forwardedTo: null },
      detail: said,
    };
  };
  if (QMAIL.test(told)) {
    const [, ...each] = told.split(/\n(?=<[^<>\n]{3,500}>:\n)/);
    return each.flatMap((paragraph) => {
      const [, address, said = ''] = /^<([^<>\n]+)>:\n(.*)$/s.exec(paragraph) ?? [];
      return address?.includes('@') ? [report(address.toLowerCase(), onOneLine(said))] : [];
    });
  }
  const failed = mail.headers.find(({ key }) => key === 'x-failed-recipients')?.value ?? '';
  const addresses = [...new Set(failed.split(',').flatMap((one) => addressOf(one) ?? []))];
  if (addresses.length > MOST_RECIPIENTS) throw tooMuch(`${MOST_RECIPIENTS} recipients`);
  const paragraphs = told.split(/\n\s*\n/);
  return addresses.map((address) => {
    const own = paragraphs.filter((paragraph) => paragraph.toLowerCase().includes(address));
    return report(address, replyIn(addresses.length === 1 ? told : own.join('\n')));
  });
}

/** Of a server's words the reply that it got, where it quotes one: its own are the same for every reason. */
function replyIn(told: string): string {
  const [reply = told] = /(?<![\w.])[45]\d\d[- ](?=\S).*/s.exec(told) ?? [];
  return onOneLine(reply);
}

const QMAIL = /^\s*Hi\. This is the /;
/** Where the copy of the mail begins: qmail, Exim, Gmail. */
const COPY =
  /^-+ (?:Below this line is (?:a copy of the message|the original bounce|the error)|This is a copy of (?:the|your) message|Original message -).*/m;
const onOneLine = (text: string): string => keepable(text, 2_000).replaceAll(/\s+/g, ' ').trim();

/** The status of a field, unless that is a general one and the server's words have a better. */
function enhancedOf(field: string, said: string): string | null {
  const [named] = /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(field) ?? [];
  if (named !== undefined && !/^\d\.0\.0$/.test(named)) return named;
  const [, quoted] = /(?:^|[\s;#(-])([245]\.\d{1,3}\.\d{1,3})(?![\d.])/.exec(said) ?? [];
  return quoted ?? named ?? null;
}

const withoutComments = (field: string): string =>
  field.slice(0, 500).replaceAll(/\([^()]*\)/g, '');

const DEEPEST = 20;
/** In bytes, of all parts together. */
const LONGEST_HEADERS = 256 * 1024;
/** Ours have some hundreds, and what a server says of one is short. */
const MOST_LINES = 10_000;
const MOST_BOUNDARIES = 200;
/** A mail of ours has one. */
export const MOST_RECIPIENTS = 100;

/** The reader takes its time for every line, and for every part once more for each before it. */
function requireModestMail(raw: Buffer): void {
  let lines = 0;
  let boundaries = 0;
  for (let at = 0; at !== -1 && at < raw.length; at = endOfLine(raw, at)) {
    lines += 1;
    if (raw[at] === DASH && raw[at + 1] === DASH) boundaries += 1;
    if (lines > MOST_LINES) throw tooMuch(`${MOST_LINES} lines`);
    if (boundaries > MOST_BOUNDARIES) throw tooMuch(`${MOST_BOUNDARIES} parts`);
  }
}

const DASH = 0x2d;

/** Where the next line begins. */
const endOfLine = (raw: Buffer, at: number): number => {
  const end = raw.indexOf('\n', at);
  return end === -1 ? raw.length : end + 1;
};

const tooMuch = (what: string) =>
  new TooLargeError(`The report has more than ${what}. Send it without the mail that it is about.`);

/** `relayed` and `expanded` tell that another server has it now, which is all that was asked. */
const OUTCOMES: ReadonlyMap<string, DeliveryReport['outcome']> = new Map([
  ['failed', 'bounced'],
  ['delayed', 'delayed'],
  ['delivered', 'delivered'],
  ['relayed', 'delivered'],
  ['expanded', 'delivered'],
]);

/** The Message-ID of the original: from its headers, or from what the report answers to. */
function messageIdOf(mail: Email): string | null {
  const original = partOf(mail, /^(message\/(rfc822|global)|text\/rfc822-headers)(-headers)?$/i);
  const named = namedIn(original ?? '');
  const [, answered] = /(<[^<>\s\0]+>)/.exec(mail.inReplyTo ?? '') ?? [];
  const [, last] = /(<[^<>\s\0]+>)\s*$/.exec(mail.references ?? '') ?? [];
  return named ?? answered ?? last ?? null;
}

/** The Message-ID in the headers of a copy. */
function namedIn(copy: string): string | null {
  const headers = copy.trimStart().split(/\r?\n\r?\n/)[0] ?? '';
  return /^Message-ID:\s*(<[^<>\s]+>)/im.exec(headers)?.[1] ?? null;
}

/** Of an original mail the headers are enough, and a report is short. */
const LONGEST_PART = 1_000_000;

function partOf({ attachments }: Email, type: RegExp): string | null {
  const part = attachments.find(({ mimeType }) => type.test(mimeType));
  return part ? keepable(String(part.content), LONGEST_PART) : null;
}

/** Blocks of fields: of the whole message first, then one for each recipient. Names in lower case. */
const blocksOf = (status: string): Map<string, string>[] =>
  status
    .replaceAll('\r\n', '\n')
    .trim()
    .split(/\n\s*\n/)
    .map(
      (block) =>
        new Map(
          // A line that begins with a blank goes on with the one before.
          block
            .replaceAll(/\n[ \t]+/g, ' ')
            .split('\n')
            .flatMap((line) => {
              const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(line) ?? [];
              return name && value !== undefined ? [[name.toLowerCase(), value] as const] : [];
            }),
        ),
    );

/** `rfc822; person@example.org`, `Person <person@example.org>`; in lower case. */
export function addressOf(field: string | undefined): string | null {
  const typed = withoutComments(field ?? '')
    .split(';')
    .at(-1)!;
  const address = (/<([^<>]*)>\s*$/.exec(typed)?.[1] ?? typed).trim().toLowerCase();
  return address.includes('@') ? keepable(address, 500) : null;
}
