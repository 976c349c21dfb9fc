import { describe, expect, test } from '@jest/globals';
import { outcomeOf } from '../../src/delivery/outcome.ts';
import { MailRefusedError } from '../../src/mail/compose.ts';
import { type Fault, faultOf } from '../../src/mail/fault.ts';

/** An error as nodemailer makes it. */
const reply = (command: string, response: string) =>
  Object.assign(new Error(response), {
    code: command.startsWith('AUTH') ? 'EAUTH' : command === 'DATA' ? 'EMESSAGE' : 'EENVELOPE',
    command,
    responseCode: Number(response.slice(0, 3)),
    response,
  });
const broken = (code: string, message: string) =>
  Object.assign(new Error(message), { code, command: 'CONN' });

const table: [Error, Fault['kind'], number | null, string | null][] = [
  [reply('RCPT TO', '550 5.1.1 User unknown'), 'recipient', 550, '5.1.1'],
  [reply('RCPT TO', '551 User not local'), 'recipient', 551, null],
  [reply('RCPT TO', '552 5.2.2 Mailbox full'), 'later', 552, '5.2.2'],
  [
    reply('RCPT TO', '552 Requested action aborted: exceeded storage allocation'),
    'later',
    552,
    null,
  ],
  [reply('RCPT TO', '550 Mailbox full'), 'later', 550, null],
  [reply('RCPT TO', '550 Blocked'), 'message', 550, null],
  [reply('RCPT TO', '554 Rejected as spam'), 'message', 554, null],
  [reply('RCPT TO', '550 5.4.1 Recipient address rejected: Access denied'), 'later', 550, '5.4.1'],
  [
    reply('RCPT TO', '550 5.1.8 Sender address rejected: Domain not found'),
    'message',
    550,
    '5.1.8',
  ],
  [reply('RCPT TO', '550-5.7.26 This mail has been blocked'), 'message', 550, '5.7.26'],
  [reply('DATA', '552 Message exceeds the maximum size'), 'message', 552, null],
  [reply('RCPT TO', '554-5.1.2 No such domain'), 'recipient', 554, '5.1.2'],
  [reply('RCPT TO', '550 5.7.1 Blocked by policy'), 'message', 550, '5.7.1'],
  [reply('RCPT TO', '421 4.3.2 Closing'), 'later', 421, '4.3.2'],
  [reply('RCPT TO', '450 4.2.0 Greylisted'), 'later', 450, '4.2.0'],
  [reply('RCPT TO', '451 Local error'), 'later', 451, null],
  [reply('RCPT TO', '452 4.2.2 Mailbox full'), 'later', 452, '4.2.2'],
  [reply('DATA', '554 5.6.0 Content refused'), 'message', 554, '5.6.0'],
  [reply('DATA', '550 5.1.1 User unknown'), 'recipient', 550, '5.1.1'],
  [reply('DATA', '451 4.7.1 Try later'), 'later', 451, '4.7.1'],
  [reply('MAIL FROM', '552 5.3.4 Too large'), 'message', 552, '5.3.4'],
  [reply('MAIL FROM', '550 5.7.1 Sender refused'), 'server', 550, '5.7.1'],
  [reply('MAIL FROM', '530 5.7.0 Authenticate first'), 'signIn', 530, '5.7.0'],
  [reply('AUTH PLAIN', '535 5.7.8 Credentials invalid'), 'signIn', 535, '5.7.8'],
  [reply('AUTH LOGIN', '454 4.7.0 Temporary failure'), 'signIn', 454, '4.7.0'],
  [reply('CONN', '554 No service here'), 'server', 554, null],
  [reply('EHLO', '421 Too many connections'), 'server', 421, null],
  [broken('ESOCKET', 'connect ECONNREFUSED 127.0.0.1:25'), 'server', null, null],
  [broken('EDNS', 'getaddrinfo ENOTFOUND mail.example.org'), 'server', null, null],
  [broken('ETIMEDOUT', 'Connection timeout'), 'server', null, null],
  [broken('ETIMEDOUT', 'Greeting never received'), 'server', null, null],
  [broken('ESOCKET', '40A:error:0A00010B:SSL routines:wrong version'), 'server', null, null],
  [broken('ETIMEDOUT', 'Timeout'), 'interrupted', null, null],
  [broken('ESOCKET', 'write EPIPE'), 'interrupted', null, null],
  [broken('ECONNECTION', 'Connection closed unexpectedly'), 'interrupted', null, null],
  [broken('EABORT', 'Message sending aborted'), 'interrupted', null, null],
  [new MailRefusedError('A line break.'), 'message', null, null],
  [new Error('Out of order.'), 'later', null, null],
];

describe('what an error of sending means', () => {
  test.each(table)('%s', (error, kind, code, enhanced) => {
    expect(faultOf(error)).toEqual({ kind, code, enhanced, detail: error.message });
  });

  test('is told of whatever was thrown', () => {
    expect(faultOf('a text')).toMatchObject({ kind: 'later', detail: 'a text' });
    expect(faultOf(undefined)).toMatchObject({ kind: 'later' });
  });
});

describe('what becomes of a mail', () => {
  const now = new Date('2027-01-20T12:00:00Z');
  const hours = (count: number) => new Date(now.getTime() - count * 3_600_000);
  const fault = (kind: Fault['kind']): Fault => ({ kind, code: null, enhanced: null, detail: '' });
  const minutes = (kind: Fault['kind'], attempts: number, began: Date) => {
    const { nextAttemptAt } = outcomeOf(fault(kind), { attempts, firstAttemptAt: began }, now);
    return nextAttemptAt && (nextAttemptAt.getTime() - now.getTime()) / 60_000;
  };

  test('is tried again after ever longer, for three days', () => {
    for (const kind of ['later', 'interrupted'] as const) {
      const waits = [0, 1, 2, 3, 4, 5, 20].map((attempts) => minutes(kind, attempts, hours(71)));
      expect(waits).toEqual([1, 5, 15, 60, 180, 180, 180]);
      expect(outcomeOf(fault(kind), { attempts: 30, firstAttemptAt: hours(72) }, now)).toEqual({
        status: 'failed',
        nextAttemptAt: null,
        reason: 'undeliverable',
      });
    }
  });

  test('is never given up for what keeps all mail', () => {
    for (const kind of ['server', 'signIn'] as const)
      expect(minutes(kind, 500, hours(500))).toBe(1);
  });

  test('is one attempt where the address or the mail is refused', () => {
    const once = { attempts: 0, firstAttemptAt: now };
    expect(outcomeOf(fault('recipient'), once, now).reason).toBe('addressRefused');
    expect(outcomeOf(fault('message'), once, now).reason).toBe('mailRefused');
  });
});
