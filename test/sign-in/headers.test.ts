import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type TestApp, testApp } from '../support/app.ts';
import { type Browser, browser } from './support/browser.ts';
import { askForLink, directory, signIn, somebody } from './support/people.ts';

let app: TestApp;
let mine: Browser;
let link: string;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'planning-year-pages-'));
  app = await testApp({ config: { dataDir: folder } });
  const [code] = (await directory(app)) as [string];
  const { email } = await somebody(app, 'Pat', 'principal', { kind: 'school', code });
  mine = browser(app.app);
  await signIn(app, mine, email);
  link = (await askForLink(app, mine, email))!;
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

const pages: [string, () => string, number][] = [
  ['the way in', () => '/sign-in', 200],
  ['what comes after asking', () => '/sign-in/sent', 200],
  ['a link', () => link, 200],
  ['one’s own page', () => '/me', 200],
  ['one’s own preferences', () => '/me/preferences', 200],
  ['a page that is refused', () => '/sign-in?to=elsewhere', 400],
  ['the mails', () => '/mail', 200],
  ['the explorer', () => '/docs/', 200],
];

test.each(pages)(
  '%s lets no script of others run, no frame hold it, and nothing leak',
  async (name, url, status) => {
    const basic = Buffer.from(`x:${app.adminKey}`).toString('base64');
    const reply = await mine.get(
      url(),
      name === 'the mails' ? { authorization: `Basic ${basic}` } : {},
    );
    const { headers } = reply;
    expect([reply.statusCode, headers['content-type']]).toEqual([
      status,
      expect.stringContaining('text/html'),
    ]);
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/default-src '(none|self)'/);
    expect(policy).not.toMatch(/script-src[^;]*'unsafe-(inline|eval)'/);
    expect(policy).toMatch(/frame-ancestors '(none|self)'/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-frame-options']).toMatch(/^(DENY|SAMEORIGIN)$/);
    expect(headers['referrer-policy']).toMatch(/^(no-referrer|same-origin)$/);
    expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    expect(headers['x-powered-by']).toBeUndefined();
    if (name !== 'the explorer') expect(headers['cache-control']).toBe('no-store');
  },
);

test('pages of people hold no script and no style at an element', async () => {
  for (const url of ['/sign-in', '/sign-in/sent', link, '/me', '/me/preferences'])
    expect((await mine.get(url)).body).not.toMatch(/<script|javascript:|\son\w+=|\sstyle=/i);
});

test('what a name holds is shown as text', async () => {
  const code = (await app.admin.get('/v1/schools?limit=1')).json().data[0].rcdts;
  const evil = await somebody(app, 'Eve', 'slt', { kind: 'school', code });
  const name = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>`;
  await app.admin.patch(`/v1/people/${evil.id}`, { name }, { 'if-match': '*' });
  const theirs = browser(app.app);
  await signIn(app, theirs, evil.email);
  expect(app.mails.at(-1)!.html).not.toMatch(/<script|<img/);
  expect((await theirs.get('/me', { 'user-agent': name })).body).not.toMatch(/<script|<img/);
});

test('over HTTPS browsers are told to come by it from then on', async () => {
  const there = await testApp({ config: { publicUrl: 'https://plans.example.org' } });
  const hsts = 'strict-transport-security';
  expect((await there.as(null).get('/livez')).headers[hsts]).toMatch(/^max-age=\d{8}/);
  expect((await app.as(null).get('/livez')).headers[hsts]).toBeUndefined();
  await there.close();
});
