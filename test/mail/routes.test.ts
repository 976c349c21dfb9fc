import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createMailer } from '../../src/mail/create.ts';
import { BOOTSTRAP_KEY, type TestApp, testApp } from '../support/app.ts';

let app: TestApp;
let folder: string;
const FIRST = '2027-01-17T13-00-00-000Z-one.eml';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'planning-year-mail-'));
  app = await testApp({ config: { dataDir: folder } });
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

const basic = (key: string) => `Basic ${Buffer.from(`anybody:${key}`).toString('base64')}`;
const get = (url: string, headers: Record<string, string> = {}, remoteAddress = '127.0.0.1') =>
  app.app.inject({
    url,
    headers: { authorization: basic(app.adminKey), ...headers },
    remoteAddress,
  });

describe('the mails in the browser', () => {
  test('an empty mailbox says so', async () => {
    const reply = await get('/mail');
    expect(reply.statusCode).toBe(200);
    expect(reply.body).toContain('No mail has been written yet.');
  });

  test('are listed newest first, and shown as text and in a frame that may do nothing', async () => {
    const mailer = createMailer(app.ctx.config, pino({ level: 'silent' }));
    for (const [id, hour] of [
      ['one', '13'],
      ['two', '14'],
    ])
      await mailer.send({
        messageId: `<${id}@example.org>`,
        date: new Date(`2027-01-17T${hour}:00:00Z`),
        to: { name: '<i>Ada</i>', address: 'ada@example.org' },
        subject: `Mail ${id} <script>`,
        text: 'As text </pre><script>alert(1)</script>',
        html: '<p>As HTML</p><script>alert(1)</script>',
        demo: false,
      });

    const list = await get('/mail');
    expect(list.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(list.body.indexOf('Mail two')).toBeLessThan(list.body.indexOf('Mail one'));
    expect(list.body).toContain(`<a href="/mail/${FIRST}">Mail one &#60;script&#62;</a>`);

    const one = await get(`/mail/${FIRST}`);
    expect(one.body).toContain('ada@example.org');
    expect(one.body).toContain('As text &#60;/pre&#62;');
    expect(one.body).toContain(`<iframe sandbox src="/mail/${FIRST}/html"`);
    expect(one.body).not.toMatch(/<script|<i>/);
    expect(one.headers['content-security-policy']).toContain("default-src 'none'");

    const framed = await get(`/mail/${FIRST}/html`);
    expect(framed.body.trim()).toBe('<p>As HTML</p><script>alert(1)</script>');
    expect(framed.headers['content-security-policy']).toMatch(/default-src 'none'.*; sandbox$/);
    expect(framed.headers['cache-control']).toBe('no-store');
  });

  test('go on where a page ends', async () => {
    expect((await get('/mail?before=2027-01-17T14')).body).not.toContain('Mail two');
    mkdirSync(join(folder, 'mail'), { recursive: true });
    for (let i = 0; i < 50; i++)
      writeFileSync(
        join(folder, 'mail', `2026-01-01-${String(i).padStart(2, '0')}.eml`),
        'Subject: Old\r\n\r\nx',
      );
    const { body } = await get('/mail');
    const [, older] = /href="(\/mail\?before=[^"]+)"/.exec(body) ?? [];
    const next = await get(older!);
    expect(next.body.match(/<li>/g)).toHaveLength(2);
    expect(next.body).not.toContain('Older mails');
  });

  test('ask a browser for a key', async () => {
    for (const authorization of ['', 'Basic nonsense', basic('wrong'), `Bearer ${app.adminKey}`]) {
      const reply = await get('/mail', { authorization });
      expect(reply.statusCode).toBe(401);
      expect(reply.headers['www-authenticate']).toMatch(/^Basic realm=/);
      expect(reply.json().code).toBe('unauthenticated');
    }
  });

  test('are for administrators', async () => {
    const coach = await app.keyFor({ role: 'coordinator' });
    expect((await get('/mail', { authorization: basic(coach) })).statusCode).toBe(403);
    const bootstrap = { authorization: basic(BOOTSTRAP_KEY) };
    expect((await get('/mail', bootstrap)).statusCode).toBe(200);
  });

  test('do not exist for other machines, nor behind a proxy', async () => {
    expect((await get('/mail', {}, '192.0.2.7')).statusCode).toBe(404);
    expect((await get('/mail', {}, '::1')).statusCode).toBe(200);
    expect((await get('/mail', {}, '::ffff:127.0.0.1')).statusCode).toBe(200);
    expect((await get('/mail', { 'x-forwarded-for': '127.0.0.1' })).statusCode).toBe(404);
  });

  test.each([
    '/mail/none.eml',
    '/mail/..%2f..%2fetc%2fpasswd',
    '/mail/..%2Fsecret.eml',
    '/mail/secret.eml%00',
    '/mail/.hidden.eml/html',
  ])('open nothing but mails: %s', async (url) => {
    writeFileSync(join(folder, 'secret.eml'), 'Subject: Secret\r\n\r\nx');
    writeFileSync(join(folder, 'mail', '.hidden.eml'), 'Subject: Secret\r\n\r\nx');
    const reply = await get(url);
    expect(reply.statusCode).toBe(404);
    expect(reply.body).not.toContain('Subject');
  });

  test('take no Basic key anywhere else', async () => {
    expect((await get('/v1/programs')).statusCode).toBe(401);
  });
});
