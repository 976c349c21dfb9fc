import PostalMime, { type Email } from 'postal-mime';
import { keepable } from '../db/keepable.ts';
import { InvalidInputError } from '../errors.ts';
import { TooLargeError } from '../http/http-errors.ts';

/** What a report says of one recipient of one mail. */
export interface DeliveryReport {
  outcome: 'bounced' | 'delayed' | 'delivered';
  /** Of a bounce: the address is dead. Otherwise a server gave up on what may work another time. */
  permanent: boolean;
  /** The Message-ID of the mail that it is about, angle brackets included; null where none is named. */
  mailId: string | null;
  /** In lower case; null where none is named. */
  recipient: string | null;
  /** The enhanced status (RFC 3463), such as `5.1.1`. */
  enhanced: string | null;
  /** What the remote server said. */
  detail: string;
}

/**
 * Reads a delivery status notification as mail servers send it back (RFC 3464): a multipart/report
 * with a message/delivery-status part, a block of fields for each recipient, and what is left of the
 * original mail. Nothing when it is another kind of mail, such as a note of absence.
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
  const status = partOf(mail, /^message\/(global-)?delivery-status$/i);
  if (status === null) return [];
  const mailId = messageIdOf(mail);
  const [, ...recipients] = blocksOf(status);
  if (recipients.length > MOST_RECIPIENTS) throw tooMuch(`${MOST_RECIPIENTS} recipients`);
  return recipients.flatMap((fields) => {
    const outcome = OUTCOMES.get(fields.get('action')?.trim().toLowerCase() ?? '');
    if (!outcome) return [];
    // The original address stands for whoever was meant; the final one may be a forward.
    const recipient = addressOf(fields.get('original-recipient') ?? fields.get('final-recipient'));
    const enhanced = /\d\.\d{1,3}\.\d{1,3}/.exec(fields.get('status') ?? '')?.[0] ?? null;
    const detail = keepable(fields.get('diagnostic-code') ?? fields.get('status') ?? '', 2_000);
    const permanent = outcome === 'bounced' && enhanced?.startsWith('5') === true;
    return [{ outcome, permanent, mailId, recipient, enhanced, detail }];
  });
}

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
  const headers = original?.split(/\r?\n\r?\n/)[0] ?? '';
  const [, named] = /^Message-ID:\s*(<[^<>\s]+>)/im.exec(headers) ?? [];
  const [, answered] = /(<[^<>\s\0]+>)/.exec(mail.inReplyTo ?? '') ?? [];
  const [, last] = /(<[^<>\s\0]+>)\s*$/.exec(mail.references ?? '') ?? [];
  return named ?? answered ?? last ?? null;
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

/** `rfc822; person@example.org` */
function addressOf(field: string | undefined): string | null {
  const address = field
    ?.split(';')
    .at(-1)
    ?.trim()
    .replace(/^<(.*)>$/, '$1')
    .toLowerCase();
  return address?.includes('@') ? address : null;
}
