import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pino } from 'pino';
import type { Config } from '../../src/config.ts';
import { createMailer } from '../../src/mail/create.ts';
import type { Mail, Mailer } from '../../src/mail/mailer.ts';
import { listPage, mailPage } from '../../src/mail/pages.ts';
import { scripts } from '../support/scripts.ts';
import { startSmtpServer } from './support/smtp-server.ts';

/** Names, subjects and addresses that want to be more than text. */

let server: Awaited<ReturnType<typeof startSmtpServer>>;
let mailer: Mailer;

beforeAll(async () => {
  server = await startSmtpServer();
  const settings = { smtpUrl: server.url, dataDir: '/nonexistent', mailFrom: 'plans@example.org' };
  mailer = createMailer(settings as Config, pino({ level: 'silent' }));
});
afterAll(async () => {
  await mailer.close();
  await server.stop();
});

const mailTo = (to: Mail['to'], subject: string, number: number): Mail => ({
  messageId: `<hostile-${number}@plans.example.org>`,
  date: new Date('2027-01-17T13:30:00Z'),
  ...{ to, subject, text: 'Hello.', html: '<p>Hello.</p>', demo: false },
});

describe('a thousand hostile names, subjects and addresses', () => {
  test('bring no header and no recipient of their own', async () => {
    await mailer.send(mailTo({ name: 'Zoë', address: 'zoe@example.org' }, 'Hello', 0));
    const usual = server.received[0]!.mail.headers.map(({ key }) => key).sort();
    const piece = fc.constantFrom(
      ...[
        '\r\n',
        '\n',
        '\r',
        '\0',
        ',',
        ';',
        ':',
        '"',
        '\\',
        '<',
        '>',
        '(',
        ')',
        '@',
        ' ',
        '=?utf-8?q?',
      ],
      ...[
        'Bcc: eve@evil.example',
        'eve@evil.example',
        '<eve@evil.example>',
        'X-Evil: 1',
        'Zoë',
        'To',
      ],
      ...['?=', 'é', '🏫', '\u2028', '\u0085', 'a'.repeat(90)],
    );
    const text = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));
    const samples = fc.sample(fc.record({ name: text, subject: text, odd: text }), {
      seed: 20261122,
      numRuns: 1000,
    });
    server.received.length = 0;
    const sent: Mail[] = [];
    for (const [at, { name, subject, odd }] of samples.entries()) {
      const address = at % 3 === 0 ? `zoe${odd}@example.org` : 'zoe@example.org';
      const mail = mailTo({ name, address }, at % 2 === 0 ? subject : 'Hello', at + 1);
      await mailer.send(mail).then(
        () => sent.push(mail),
        // Ours refuses what could break out; the server, what is no address to it.
        (error) =>
          expect(`${error.name}: ${error.message}`).toMatch(
            /^MailRefusedError|Bad recipient address syntax$/,
          ),
      );
    }
    const controls = /[\p{Cc}]/u;
    expect(sent.filter(({ to }) => controls.test(to.name + to.address))).toEqual([]);
    expect(sent.length).toBeGreaterThan(100);
    expect(server.received).toHaveLength(sent.length);
    for (const [at, { to, mail }] of server.received.entries()) {
      expect(to).toEqual([sent[at]!.to.address]);
      expect(mail.headers.map(({ key }) => key).sort()).toEqual(usual);
      expect(mail.to).toHaveLength(1);
      expect([mail.cc, mail.bcc]).toEqual([undefined, undefined]);
    }
    process.stderr.write(
      `hostile: 1000 mails, ${sent.length} sent, ${1000 - sent.length} refused, 0 extra headers or recipients\n`,
    );
  });
});

test('two hundred scripts in a mail are text on the pages that show it', () => {
  for (const script of scripts()) {
    const mail = { name: 'a.eml', subject: script, to: script, date: script, text: script };
    for (const page of [listPage([mail as never], null), mailPage(mail as never)]) {
      expect(page).not.toContain(script);
      expect(page.match(/<[a-z!/][^>]*>/gi)?.filter((tag) => !OURS.test(tag))).toEqual([]);
    }
  }
});

/** The tags of the pages themselves, whose attributes hold no more than addresses of ours. */
const OURS =
  /^<(!doctype html|\/?(html|head|title|style|body|h[12]|ul|li|p|br|pre|iframe)|html lang="en"|meta (charset="utf-8"|name="viewport" content="width=device-width")|\/?a( href="\/mail[^"<>]*")?|iframe sandbox src="\/mail\/[^"<>]*" title="The mail as HTML")>$/;
