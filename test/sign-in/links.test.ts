import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectProblem } from '../http/problem.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { browser } from './support/browser.ts';
import { askForLink, directory, type Somebody, signIn, somebody, work } from './support/people.ts';

let app: TestApp;
let principal: Somebody;
let school: string;
const LINK = /^\/sign-in\/links/;

beforeAll(async () => {
  app = await testApp({ now: '2026-11-10T15:00:00Z' });
  [school] = (await directory(app)) as [string];
  principal = await somebody(app, 'Pat Principal', 'principal', { kind: 'school', code: school });
});
afterAll(() => app.close());

describe('a link by mail', () => {
  test('lets somebody in with a click on its button, and the page says who they are', async () => {
    const mine = browser(app.app);
    const link = await askForLink(app, mine, principal.email.toUpperCase());
    expect(app.mails.at(-1)).toMatchObject({
      to: { name: principal.name, address: principal.email },
      demo: false,
    });
    await mine.get(link!);
    const reply = await mine.submit(LINK);
    expect([reply.statusCode, reply.headers.location]).toEqual([303, '/me']);
    const me = await mine.get('/me');
    expect(me.statusCode).toBe(200);
    expect(me.body).toContain('<h1>Pat Principal</h1>');
    expect(me.body).toContain(`signed in as ${principal.email}`);
    expect(me.body).toMatch(/<li>Principal, O&#39;Hara &#34;North&#34; School/);
  });

  test('is changed by nobody who only looks: HEAD, GET three times', async () => {
    const mine = browser(app.app);
    const link = (await askForLink(app, mine, principal.email))!;
    const attempts = () =>
      app.ctx.db.selectFrom('signInAttempts').selectAll().orderBy('id').execute();
    const before = await attempts();
    for (const visitor of [mine, browser(app.app)]) {
      await app.app.inject({ method: 'HEAD', url: link });
      for (let time = 0; time < 3; time++) expect((await visitor.get(link)).statusCode).toBe(200);
    }
    expect(await attempts()).toEqual(before);
    await mine.get(link);
    expect((await mine.submit(LINK)).statusCode).toBe(303);
  });

  test('is stored as a digest, and stands in no log and no job', async () => {
    const mine = browser(app.app);
    app.jobs.splice(0);
    await mine.get('/sign-in');
    await mine.submit('/sign-in', { email: principal.email });
    const jobs = JSON.stringify(app.jobs);
    await work(app);
    const [, secret] = /links\/([\w-]{43})/.exec(app.mails.at(-1)!.text)!;
    expect(jobs).not.toContain(secret);
    expect(
      JSON.stringify(await app.ctx.db.selectFrom('signInAttempts').selectAll().execute()),
    ).not.toContain(secret);
  });

  test('is withheld after five within a quarter of an hour', async () => {
    app.clock.advance({ hours: 1 });
    const links = [];
    for (let time = 0; time < 7; time++)
      links.push(await askForLink(app, browser(app.app), principal.email));
    expect(links.map((link) => link !== null)).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    app.clock.advance({ minutes: 16 });
    expect(await askForLink(app, browser(app.app), principal.email)).not.toBeNull();
  });
});

/** What a statement is, whoever it is about. */
function withoutValues(key: string, value: unknown): unknown {
  if (key === 'values') return [];
  const isNode = typeof value === 'object' && value !== null && 'kind' in value;
  return key === 'value' && !isNode ? 'a value' : value;
}

test('the address alone leads to one’s own page, and so to the way in', async () => {
  const reply = await browser(app.app).get('/');
  expect([reply.statusCode, reply.headers.location]).toEqual([303, '/me']);
});

describe('asking for a link', () => {
  test('is answered alike for an address that nobody has: the same reply, the same statements', async () => {
    const told = async (email: string) => {
      const mine = browser(app.app);
      await mine.get('/sign-in');
      const statements: string[] = [];
      const { db } = app.ctx;
      app.ctx.db = db.withPlugin({
        transformQuery: ({ node }) => {
          statements.push(JSON.stringify(node, withoutValues));
          return node;
        },
        transformResult: async ({ result }) => result,
      });
      const reply = await mine.submit('/sign-in', { email });
      app.ctx.db = db;
      const { date: _, 'x-request-id': __, ...headers } = reply.headers;
      return { status: reply.statusCode, headers, body: reply.body, statements };
    };
    const known = await told(principal.email);
    expect(known.statements.length).toBeGreaterThan(0);
    expect(await told('nobody@example.org')).toEqual(known);
    const mailed = app.mails.length;
    await work(app);
    expect(app.mails.slice(mailed).map(({ to }) => to.address)).toEqual([principal.email]);
  });

  test('brings no mail to somebody who holds no role', async () => {
    const email = 'nothing@example.org';
    await app.admin.post('/v1/people', { name: 'No Thing', email });
    expect(await askForLink(app, browser(app.app), email)).toBeNull();
  });

  test('takes an address with a line break for no one', async () => {
    const mine = browser(app.app);
    const mailed = app.mails.length;
    await mine.get('/sign-in');
    await mine.submit('/sign-in', { email: `${principal.email}\r\nBcc: x@example.org` });
    await work(app);
    expect(app.mails.length).toBe(mailed);
  });
});

describe('a form', () => {
  const send = (payload: string, type = 'application/x-www-form-urlencoded') =>
    app.app.inject({
      ...({ method: 'POST', url: '/sign-in', payload } as const),
      headers: { 'content-type': type, 'sec-fetch-site': 'same-origin' },
    });

  test.each([
    ['that is JSON', '{"email":"a@example.org"}', 'application/json', 415],
    ['that is empty', '', undefined, 400],
    ['with a field that is not there', 'proof=x&email=a@example.org&person=1', undefined, 400],
    ['with NUL in it', 'proof=x&email=a%00@example.org', undefined, 400],
    ['that is no UTF-8', Buffer.from([0x70, 0x3d, 0xff]).toString('latin1'), undefined, 400],
    ['that is too large', `proof=x&email=${'a'.repeat(20_000)}`, undefined, 413],
    ['without its proof', 'proof=&email=a@example.org', undefined, 403],
  ])('%s is refused', async (_, payload, type, status) => {
    expectProblem(await send(payload, type), status);
  });
});

test('what was typed is forgotten after a day', async () => {
  const { forgetSignIns } = await import('../../src/sign-in/forget.ts');
  const later = (hours: number) => new Date(app.clock.now().getTime() + hours * 3_600_000);
  await askForLink(app, browser(app.app), 'forget.me@example.org');
  const typed = () =>
    app.ctx.db
      .selectFrom('signInAttempts')
      .select('id')
      .where('email', '=', 'forget.me@example.org')
      .execute();
  await forgetSignIns(app.ctx.db, later(24));
  expect(await typed()).toHaveLength(1);
  await forgetSignIns(app.ctx.db, later(25));
  expect(await typed()).toHaveLength(0);
});

test('signing in again ends the session that the browser had', async () => {
  app.clock.advance({ hours: 1 });
  const mine = browser(app.app);
  await signIn(app, mine, principal.email);
  const old = mine.copy();
  await signIn(app, mine, principal.email);
  expect(old.cookies.get('session')).not.toBe(mine.cookies.get('session'));
  expect((await old.get('/me')).headers.location).toBe('/sign-in');
  expect((await mine.get('/me')).statusCode).toBe(200);
});
