import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Browser, browser } from '../sign-in/support/browser.ts';
import { type School, school } from './support/school.ts';

let at: School;
let principal: Browser;
let task: string;
const ANY = { 'if-match': '*' };

beforeAll(async () => {
  at = await school();
  principal = await at.enter('Pat Principal', 'principal');
  task = (await at.tasks('role=principal&status=open'))[0]!.id;
});
afterAll(() => at.app.close());

/** All that an act would change. */
async function everything(): Promise<string> {
  const { db } = at.app.ctx;
  const years = await db.selectFrom('planningYears').selectAll().orderBy('id').execute();
  const tasks = await db.selectFrom('tasks').selectAll().orderBy('id').execute();
  const log = await db.selectFrom('logEntries').select(['entry']).orderBy('recordedAt').execute();
  const kept = await db.selectFrom('idempotencyKeys').select('key').execute();
  return JSON.stringify([years, tasks, log, kept]);
}

const FORMS: [string, Record<string, string>][] = [
  ['complete', { note: 'x' }],
  ['reopen', { reason: 'x' }],
  ['notes', { text: 'x' }],
];

describe('a form', () => {
  /** Filled in by hand, so that it can be wrong in one way at a time. */
  const send = async (form: string, fields: object, headers: object = {}) => {
    await principal.get(`/tasks/${task}`);
    const { version } = await at.task(task);
    return at.app.app.inject({
      ...({ method: 'POST', url: `/tasks/${task}/${form}` } as const),
      headers: {
        ...{ accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
        ...{ origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' },
        cookie: `session=${principal.cookies.get('session')}`,
        ...headers,
      },
      payload: new URLSearchParams({
        ...{ proof: principal.proof(), once: 'x'.repeat(43), version: String(version), ...fields },
      }).toString(),
    });
  };

  test.each(FORMS)('%s without its proof, or with another’s, is refused', async (form, fields) => {
    const before = await everything();
    for (const proof of ['', 'x'.repeat(43), '0'])
      expect((await send(form, { ...fields, proof })).statusCode).toBe(403);
    expect(await everything()).toBe(before);
  });

  test.each(FORMS)('%s of another site is refused', async (form, fields) => {
    const before = await everything();
    for (const headers of [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: 'null' },
      { origin: 'http://other.localhost:3000', 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
    ])
      expect((await send(form, fields, headers)).statusCode).toBe(403);
    expect(await everything()).toBe(before);
  });

  test('without what makes it count once, or as JSON, is not read', async () => {
    const before = await everything();
    expect((await send('complete', { once: '' })).statusCode).toBe(400);
    expect((await send('complete', { version: 'x' })).statusCode).toBe(400);
    expect((await send('complete', {}, { 'content-type': 'application/json' })).statusCode).toBe(
      415,
    );
    expect((await send('complete', { note: 'x'.repeat(200_000) })).statusCode).toBe(413);
    expect(await everything()).toBe(before);
  });

  test('of another role’s task is refused though the page may be read', async () => {
    const [other] = await at.tasks('role=district&status=open');
    expect((await principal.get(`/tasks/${other!.id}`)).statusCode).toBe(200);
    const reply = await at.app.app.inject({
      ...({ method: 'POST', url: `/tasks/${other!.id}/complete` } as const),
      headers: {
        ...{ accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
        origin: 'http://localhost:3000',
        cookie: `session=${principal.cookies.get('session')}`,
      },
      payload: new URLSearchParams({
        ...{ proof: principal.proof(), once: 'x'.repeat(43), version: '1' },
      }).toString(),
    });
    expect(reply.statusCode).toBe(403);
    expect((await at.task(other!.id)).status).toBe('open');
  });
});

test('whatever only looks changes nothing: a scanner with the cookies and one without', async () => {
  const before = await everything();
  for (const visitor of [principal, browser(at.app.app)])
    for (const url of [`/tasks/${task}`, `/planning-years/${at.year}`, '/me', '/me/preferences'])
      for (let time = 0; time < 3; time++) {
        await visitor.get(url);
        await visitor.get(`${url}?said=done`);
        const cookie = `session=${visitor.cookies.get('session') ?? ''}`;
        await at.app.app.inject({ method: 'HEAD', url, headers: { cookie } });
      }
  for (const form of ['complete', 'reopen', 'notes'])
    expect((await principal.get(`/tasks/${task}/${form}`)).statusCode).toBe(405);
  expect(await everything()).toBe(before);
});

test('pages of tasks and years hold no script and no style at an element, and their policy lets none run', async () => {
  for (const url of [`/tasks/${task}`, `/planning-years/${at.year}`]) {
    const { body, headers } = await principal.get(url);
    expect(body).not.toMatch(/<script|javascript:|\son\w+=|\sstyle=/i);
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'/,
    );
    expect(headers['cache-control']).toBe('no-store');
  }
});

test('script in every text that is shown stays text', async () => {
  const payloads = [
    `<script>alert(1)</script>`,
    `"><img src=x onerror=alert(1)>`,
    `'><svg onload=alert(1)>`,
    `</textarea><script>alert(1)</script>`,
    `</title><script>alert(1)</script>`,
    '`-alert(1)-`<b>',
    `&lt;script&gt;<iframe src=javascript:alert(1)>`,
    `<a href="javascript:alert(1)">x</a>`,
  ];
  const team = await at.enter('Tim Team', 'slt');
  const live = /<(script|img|svg|iframe|b>|a href="(?!\/|https?:\/\/|#main))/i;
  let shown = 0;
  for (const payload of payloads) {
    const { db } = at.app.ctx;
    await db.updateTable('schools').set({ name: payload }).where('code', '=', at.code).execute();
    for (const who of [team.who, (principal as typeof team).who])
      await at.app.admin.patch(`/v1/people/${who.id}`, { name: payload }, ANY);
    const own = (await at.tasks('role=slt&status=open'))[0]!.id;
    await team.get(`/tasks/${own}`);
    const link = {
      linkUrl: `https://example.org/?q=${encodeURIComponent(payload)}`,
      linkTitle: payload,
    };
    // Refused first, so that all that was typed comes back.
    const refusal = await team.submit(`/tasks/${own}/complete`, {
      ...link,
      note: payload,
      effectiveOn: payload,
    });
    expect(refusal.statusCode).toBe(400);
    const done = await team.submit(`/tasks/${own}/complete`, { ...link, note: payload });
    expect(done.statusCode).toBe(303);
    await team.get(`/tasks/${own}`);
    await team.submit(`/tasks/${own}/notes`, { ...link, text: payload });
    const pages = [refusal];
    for (const visitor of [team, principal])
      for (const url of [`/tasks/${own}`, `/planning-years/${at.year}`, '/me'])
        pages.push(await visitor.get(url));
    for (const { body } of pages) {
      expect(body.match(live)).toBeNull();
      shown += body.split('&#60;').length - 1;
    }
    await at.app.admin.post(`/v1/tasks/${own}/reopen`, {}, ANY);
  }
  expect(shown).toBeGreaterThan(200);
});

test('what is no web address is never a link, wherever it came from', async () => {
  const { link } = await import('../../src/pages/parts.ts');
  for (const url of ['javascript:alert(1)', 'data:text/html,x', ' https://x', '/tasks'])
    expect(String(link('Title', url))).toBe('Title');
});
