import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import PostalMime from 'postal-mime';
import { type Config, readConfig } from '../../src/config.ts';
import { createMailer } from '../../src/mail/create.ts';
import type { Mail, Mailer } from '../../src/mail/mailer.ts';
import { startSmtpServer } from './support/smtp-server.ts';

const log = pino({ level: 'silent' });
const mail: Mail = {
  messageId: '<0190-example@plans.example.org>',
  date: new Date('2027-01-17T13:30:00Z'),
  to: { name: 'Zoë Example, Ed. D.', address: 'zoe@example.org' },
  subject: '1 due soon: Łódź School',
  text: 'Hello Zoë,\n.\nthe line above is a lone dot.\n',
  html: '<!doctype html><p>Hello Zoë</p>',
  demo: false,
};

let server: Awaited<ReturnType<typeof startSmtpServer>>;
let folder: string;
const mailers: Mailer[] = [];

beforeAll(async () => {
  server = await startSmtpServer({
    onRcptTo({ address }, _session, done) {
      done(address.startsWith('nobody') ? new Error('No such mailbox') : null);
    },
  });
  folder = mkdtempSync(join(tmpdir(), 'planning-year-mail-'));
});
afterEach(async () => {
  await Promise.all(mailers.splice(0).map((mailer) => mailer.close()));
  server.received.length = 0;
  rmSync(join(folder, 'mail'), { recursive: true, force: true });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

function mailer(smtpUrl: string | null, mailFrom = 'Planning year <plans@example.org>'): Mailer {
  const settings = { smtpUrl, dataDir: folder, mailFrom };
  const made = createMailer(settings as Config, log);
  mailers.push(made);
  return made;
}
const files = () => readdirSync(join(folder, 'mail'));

describe('a mail over SMTP', () => {
  test('arrives as text and HTML, under the given Message-ID, from and to whom it says', async () => {
    await mailer(server.url).send(mail);
    const [{ from, to, mail: got }] = server.received as [(typeof server.received)[number]];
    expect([from, to]).toEqual(['plans@example.org', ['zoe@example.org']]);
    expect(got).toMatchObject({
      messageId: mail.messageId,
      subject: mail.subject,
      from: { name: 'Planning year', address: 'plans@example.org' },
      to: [mail.to],
      date: '2027-01-17T13:30:00.000Z',
    });
    expect(got.text?.trim()).toBe(mail.text.trim());
    expect(got.html?.trim()).toBe(mail.html);
    const headers = Object.fromEntries(got.headers.map(({ key, value }) => [key, value]));
    expect(headers['auto-submitted']).toBe('auto-generated');
    expect(headers['x-auto-response-suppress']).toBe('All');
  });

  test.each([
    ['"Exampleton, Office of Planning" <plans@example.org>', 'Exampleton, Office of Planning'],
    [
      '"Planning \\"year\\" @ Exampleton; 2027" <plans@example.org>',
      'Planning "year" @ Exampleton; 2027',
    ],
    ['"Oficina de Planificación, Żółw" <plans@example.org>', 'Oficina de Planificación, Żółw'],
    ['plans@example.org', ''],
  ])('from %s has one sender, of that name', async (mailFrom, name) => {
    expect(readConfig({ MAIL_FROM: mailFrom }).mailFrom).toBe(mailFrom);
    await mailer(server.url, mailFrom).send(mail);
    const [{ from, raw, mail: got }] = server.received as [(typeof server.received)[number]];
    expect(from).toBe('plans@example.org');
    expect(got.from).toEqual({ name, address: 'plans@example.org' });
    expect(raw.match(/^From: /gm)).toHaveLength(1);
  });

  test('carries the headers that it brings, and its deadlines as a calendar file', async () => {
    const unsubscribe = '<https://plans.example.org/unsubscribe/token>';
    const calendar = 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n';
    const replyTo = { name: 'Cora Coach', address: 'cora@example.org' };
    const headers = { 'List-Unsubscribe': unsubscribe };
    await mailer(server.url).send({ ...mail, replyTo, headers, calendar });
    const [{ mail: got }] = server.received as [(typeof server.received)[number]];
    expect(got.replyTo).toEqual([replyTo]);
    expect(got.headers).toContainEqual(
      expect.objectContaining({ key: 'list-unsubscribe', value: unsubscribe }),
    );
    expect(got.attachments).toMatchObject([
      { filename: 'deadlines.ics', mimeType: 'text/calendar', disposition: 'attachment' },
    ]);
    const content = Buffer.from(got.attachments[0]!.content as ArrayBuffer).toString();
    // The parser gives text with line ends of its own.
    expect(content.replaceAll(/\r?\n/g, '\r\n')).toBe(calendar);
  });

  test('keeps its Message-ID when it is sent again', async () => {
    const smtp = mailer(server.url);
    await smtp.send(mail);
    await smtp.send(mail);
    expect(server.received.map((one) => one.mail.messageId)).toEqual([
      mail.messageId,
      mail.messageId,
    ]);
  });

  test('is refused aloud when the server does not take its recipient', async () => {
    const to = { name: 'Nobody', address: 'nobody@example.org' };
    await expect(mailer(server.url).send({ ...mail, to })).rejects.toThrow('No such mailbox');
    expect(server.received).toEqual([]);
  });

  test('fails when no server answers', async () => {
    await expect(mailer('smtp://127.0.0.1:1').send(mail)).rejects.toThrow('ECONNREFUSED');
  });

  test('fails when the server closes without a word', async () => {
    const rude: Server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
    const { port } = rude.address() as { port: number };
    await expect(mailer(`smtp://127.0.0.1:${port}`).send(mail)).rejects.toThrow();
    await new Promise((resolve) => rude.close(resolve));
  });

  test.each<[string, Partial<Mail>]>([
    ['a subject with a line break', { subject: 'Hello\r\nBcc: all@example.org' }],
    ['a subject with a NUL', { subject: 'Hello\0' }],
    ['a name with a line break', { to: { name: 'Zoë\nBcc: x@y.org', address: 'zoe@example.org' } }],
    ['two addresses for one', { to: { name: '', address: 'zoe@example.org, eve@example.org' } }],
    ['an address that brings a name', { to: { name: '', address: 'Eve <eve@example.org>' } }],
    ['an address with a line break', { to: { name: '', address: 'zoe@example.org\r\nX: y' } }],
    ['a reply address with a comma', { replyTo: { name: '', address: 'a@b.org,c@d.org' } }],
    ['a header that brings another', { headers: { 'List-Id': 'a\r\nBcc: x@y.org' } }],
    ['a header that names recipients', { headers: { Bcc: 'x@y.org' } }],
    ['a Message-ID with a line break', { messageId: '<a@b>\r\nBcc: x@y.org' }],
  ])('is refused with %s', async (_what, change) => {
    await expect(mailer(server.url).send({ ...mail, ...change })).rejects.toMatchObject({
      name: 'MailRefusedError',
    });
    expect(server.received).toEqual([]);
  });
});

describe('a mail as a file', () => {
  test('is the whole message, for its owner alone, in a name that sorts by time', async () => {
    await mailer(null).send(mail);
    expect(files()).toEqual(['2027-01-17T13-30-00-000Z-0190-example.eml']);
    const path = join(folder, 'mail', files()[0]!);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'mail')).mode & 0o777).toBe(0o700);
    const got = await PostalMime.parse(readFileSync(path));
    expect(got).toMatchObject({ messageId: mail.messageId, subject: mail.subject, to: [mail.to] });
  });

  test('is what an invented recipient gets, whatever the settings say', async () => {
    await mailer(server.url).send({ ...mail, demo: true });
    expect(server.received).toEqual([]);
    expect(files()).toHaveLength(1);
  });

  test('is refused for the same reasons', async () => {
    const wrong = { ...mail, subject: 'a\nb' };
    await expect(mailer(null).send(wrong)).rejects.toMatchObject({ name: 'MailRefusedError' });
  });
});

test('a sender that is no single address stops the start', () => {
  const settings = { smtpUrl: null, dataDir: folder, mailFrom: 'a@b.org, c@d.org' };
  expect(() => createMailer(settings as Config, log)).toThrow('MAIL_FROM must be one address');
});
