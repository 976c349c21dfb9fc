import PostalMime, { type Email } from 'postal-mime';
import { keepable } from '../db/keepable.ts';

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
 */
export async function readReport(raw: string | Uint8Array): Promise<DeliveryReport[]> {
  const mail = await PostalMime.parse(raw, {
    attachmentEncoding: 'utf8',
    forceRfc822Attachments: true,
  });
  const status = partOf(mail, /^message\/(global-)?delivery-status$/i);
  if (status === null) return [];
  const mailId = messageIdOf(mail);
  const [, ...recipients] = blocksOf(status);
  return recipients.flatMap((fields) => {
    const outcome = OUTCOMES[fields.get('action')?.trim().toLowerCase() ?? ''];
    if (!outcome) return [];
    // The original address stands for whoever was meant; the final one may be a forward.
    const recipient = addressOf(fields.get('original-recipient') ?? fields.get('final-recipient'));
    const enhanced = /\d\.\d{1,3}\.\d{1,3}/.exec(fields.get('status') ?? '')?.[0] ?? null;
    const detail = keepable(fields.get('diagnostic-code') ?? fields.get('status') ?? '', 2_000);
    const permanent = outcome === 'bounced' && enhanced?.startsWith('5') === true;
    return [{ outcome, permanent, mailId, recipient, enhanced, detail }];
  });
}

/** `relayed` and `expanded` tell that another server has it now, which is all that was asked. */
const OUTCOMES: Record<string, DeliveryReport['outcome']> = {
  failed: 'bounced',
  delayed: 'delayed',
  delivered: 'delivered',
  relayed: 'delivered',
  expanded: 'delivered',
};

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
