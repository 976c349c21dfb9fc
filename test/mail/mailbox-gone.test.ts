import { describe, expect, test } from '@jest/globals';
import { saysMailboxGone } from '../../src/mail/mailbox-gone.ts';

/** Replies at RCPT TO or in reports, with the status that stands in them. */
const gone: [enhanced: string | null, said: string][] = [
  [null, '550 User unknown'],
  [null, '550 No such user here'],
  [null, '550 no such recipient'],
  [null, '550 Unknown user'],
  [null, '550 Invalid recipient <content@example.org>'],
  [null, '550 sorry, no mailbox here by that name'],
  [null, '551 User not local'],
  [null, '550 unknown local part in <spam@example.org>'],
  [null, '550 mailbox not found'],
  [null, '552 1 Requested mail action aborted, mailbox not found'],
  [null, '550 The account headteacher@example.org does not exist'],
  [null, '550 <zoe@relay.example.org> user unknown'],
  [null, '554 This mailbox is disabled (554.30)'],
  [null, '550 Recipient address rejected: User unknown in virtual alias table'],
  [null, '550 Requested action not taken: user zoe.m not found'],
  [null, 'Host or domain name not found. Name service error for name=example.org'],
  ['5.0.0', '550 5.0.0 User unknown'],
  ['5.0.350', '550 5.0.350 Remote server returned an error -> 550 Mailbox does not exist'],
  ['5.1.0', 'Domain mail.example.org does not accept mail (nullMX)'],
  ['5.1.1', ''],
  ['5.1.1', '550 5.1.1 Bad destination mailbox address'],
  ['5.1.1', '550 5.1.1 User unknown; see our content policy'],
  ['5.1.2', '550 5.1.2 Bad destination system address'],
  ['5.1.3', '501 5.1.3 Bad recipient address syntax'],
  ['5.1.6', '551 5.1.6 Recipient no longer on server'],
  ['5.1.10', '556 5.1.10 Recipient address has null MX'],
  ['5.2.1', '550 5.2.1 Mailbox disabled, not accepting messages'],
];

const notGone: [enhanced: string | null, said: string][] = [
  [null, ''],
  [null, '550 Blocked'],
  [null, '554 Spam'],
  [null, '550 Mailbox unavailable'],
  [null, '554 Transaction failed'],
  [null, '552 Mailbox full'],
  [null, '550 User not found to send this: blocked'],
  [null, '550 Sender unknown: no such user at example.net'],
  [null, '550 Recipient refused: your domain does not exist'],
  [null, '550 HELO host unknown'],
  [null, '550 Host of the client not found: IP has no PTR'],
  [null, '550 Recipient rejected with an unknown error'],
  [null, '550 Relay for this user is not permitted'],
  [null, '550 Mailbox temporarily disabled'],
  ['4.1.1', '450 4.1.1 User unknown'],
  ['4.4.7', 'User unknown'],
  ['5.0.0', '550 5.0.0 Access denied'],
  ['5.1.0', '550 5.1.0 Address rejected'],
  ['5.1.1', '550 5.1.1 Recipient address rejected: Access denied'],
  ['5.1.1', '550 5.1.1 Mailbox is full'],
  ['5.1.7', '550 5.1.7 Sender address unknown'],
  ['5.1.8', '550 5.1.8 Access denied, bad outbound sender'],
  ['5.2.1', '550 5.2.1 The user is receiving mail too quickly'],
  ['5.2.2', '552 5.2.2 The account is over quota and inactive'],
  ['5.3.4', '552 5.3.4 Message too big for system'],
  ['5.4.1', '550 5.4.1 Recipient address rejected: Access denied. AS(201806281)'],
  ['5.4.4', '550 5.4.4 Host not found'],
  ['5.7.1', '550 5.7.1 User unknown'],
  ['5.7.26', '550 5.7.26 This mail is unauthenticated'],
  ['5.7.509', '550 5.7.509 Access denied, does not pass DMARC verification'],
  ['5.7.606', '550 5.7.606 Access denied, banned sending IP [192.0.2.10]'],
];

describe('a refusal', () => {
  test.each(gone)('%s with “%s” says that the mailbox is not there', (enhanced, said) => {
    expect(saysMailboxGone(enhanced, said)).toBe(true);
    expect(saysMailboxGone(enhanced, said.toUpperCase())).toBe(true);
  });

  test.each(notGone)('%s with “%s” is about something else', (enhanced, said) => {
    expect(saysMailboxGone(enhanced, said)).toBe(false);
  });

  test('of any length is looked at in no time', () => {
    const begun = performance.now();
    for (const word of ['user ', 'a@', 'no a.', '@', 'domain.', 'not a valid ', 'unknown a'])
      saysMailboxGone(null, `550 ${word.repeat(500_000)}`);
    expect(performance.now() - begun).toBeLessThan(3_000);
  });
});
