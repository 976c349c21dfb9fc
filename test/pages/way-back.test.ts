import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { browser } from '../sign-in/support/browser.ts';
import { type Somebody, somebody, work } from '../sign-in/support/people.ts';
import {
  AS_USUAL,
  type RealProvider,
  startRealProvider,
} from '../sign-in/support/real-provider.ts';
import { type School, school } from './support/school.ts';

/** Whoever follows a mail's link is shown the way in, and from there the page that they asked for. */

let provider: RealProvider;
let at: School;
let principal: Somebody;
let state: Somebody;
let page: string;

beforeAll(async () => {
  provider = await startRealProvider('http://localhost:3000/sign-in/callback');
  const { issuer, clientId, clientSecret } = provider;
  at = await school({
    config: { provider: { issuer, clientId, clientSecret, secondFactor: null, ...AS_USUAL } },
  });
  const { app } = at;
  principal = await somebody(app, 'Pat Principal', 'principal', { kind: 'school', code: at.code });
  const agency = app.ctx.programs.all[0]!.pack.program.agency.code;
  state = await somebody(app, 'Sam State', 'isbe', { kind: 'state', code: agency });
  page = `/tasks/${(await at.tasks('role=principal'))[0]!.id}`;
});
afterAll(async () => {
  await at.app.close();
  await provider.stop();
});

async function linkAfter(visitor: ReturnType<typeof browser>, asked: string): Promise<string> {
  const sent = await visitor.get(asked);
  expect([sent.statusCode, sent.headers.location]).toEqual([
    303,
    `/sign-in?to=${encodeURIComponent(asked.split('?')[0]!)}`,
  ]);
  await visitor.get(String(sent.headers.location));
  await visitor.submit('/sign-in', { email: principal.email });
  await work(at.app);
  return new URL(/https?:\S+/.exec(at.app.mails.at(-1)!.text)![0]).pathname;
}

describe('after signing in', () => {
  test('by a link in the same browser, the page that was asked for comes', async () => {
    for (const asked of [
      ...[page, `/planning-years/${at.year}`, `${page}?utm_source=mail`, '/me/preferences'],
    ]) {
      at.app.clock.advance({ minutes: 20 });
      const visitor = browser(at.app.app);
      await visitor.get(await linkAfter(visitor, asked));
      const reply = await visitor.submit(/^\/sign-in\/links/);
      expect([reply.statusCode, reply.headers.location]).toEqual([303, asked.split('?')[0]]);
      expect((await visitor.get(asked)).statusCode).toBe(200);
    }
  });

  test('by the provider, too', async () => {
    await at.app.app.inject({
      ...({ method: 'PUT', url: `/v1/people/${state.id}/identity`, payload: {} } as const),
      headers: { authorization: `Bearer ${at.app.adminKey}`, 'if-match': '*' },
    });
    provider.account = { subject: 'sam', email: state.email, emailVerified: true, amr: ['pwd'] };
    const visitor = browser(at.app.app);
    const signIn = await visitor.get(String((await visitor.get(page)).headers.location));
    const way = /href="(\/sign-in\/provider[^"]*)"/.exec(signIn.body)![1]!;
    const entrance = await visitor.get(way);
    const back = await provider.visit(String(entrance.headers.location));
    const reply = await visitor.get(back.pathname + back.search);
    expect([reply.statusCode, reply.headers.location]).toEqual([303, page]);
  });

  test('without having asked for a page, it is one’s own', async () => {
    at.app.clock.advance({ minutes: 20 });
    const visitor = browser(at.app.app);
    await visitor.get('/me');
    await visitor.get('/sign-in');
    await visitor.submit('/sign-in', { email: principal.email });
    await work(at.app);
    await visitor.get(new URL(/https?:\S+/.exec(at.app.mails.at(-1)!.text)![0]).pathname);
    expect((await visitor.submit(/^\/sign-in\/links/)).headers.location).toBe('/me');
  });
});

describe('an address that leads elsewhere', () => {
  const id = '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071';
  const traps = [
    'https://evil.example/',
    '//evil.example/tasks',
    '/\\evil.example',
    `//evil.example/tasks/${id}`,
    `/tasks/${id}@evil.example`,
    `/tasks/${id}/complete`,
    `/refused-addresses/${id}/release`,
    '/refused-addresses/',
    '/me/preferences/',
    '//evil.example/me/preferences',
    `/tasks/${id}\r\nset-cookie: a=b`,
    `/tasks/../sign-out`,
    `/v1/tasks/${id}`,
    '/me/../../evil',
    'javascript:alert(1)',
    '',
  ];

  test.each(traps)('such as %j is refused wherever it is sent', async (trap) => {
    const visitor = browser(at.app.app);
    for (const way of ['/sign-in', '/sign-in/provider'])
      expect((await visitor.get(`${way}?to=${encodeURIComponent(trap)}`)).statusCode).toBe(400);
    await visitor.get('/sign-in');
    const reply = await visitor.submit('/sign-in', { email: principal.email, to: trap });
    expect(reply.statusCode).toBe(400);
  });

  test('is not followed even when it stands in the database', async () => {
    at.app.clock.advance({ minutes: 20 });
    const visitor = browser(at.app.app);
    const link = await linkAfter(visitor, page);
    const back = 'https://evil.example/';
    await at.app.ctx.db.updateTable('signInAttempts').set({ back }).execute();
    await visitor.get(link);
    expect((await visitor.submit(/^\/sign-in\/links/)).headers.location).toBe('/me');
  });
});

test('a form of somebody who is not signed in any more is told so, with the way back', async () => {
  at.app.clock.advance({ minutes: 20 });
  const visitor = await at.enter('Lee Leaving', 'slt');
  const [task] = await at.tasks('role=slt&status=open');
  await visitor.get(`/tasks/${task!.id}`);
  at.app.clock.advance({ hours: 2 });
  const reply = await visitor.submit(`/tasks/${task!.id}/complete`, { note: 'Too late' });
  expect(reply.statusCode).toBe(401);
  expect(reply.body).toContain('You are not signed in any more');
  expect(reply.body).toContain(`href="/sign-in?to=${encodeURIComponent(`/tasks/${task!.id}`)}"`);
  expect((await at.task(task!.id)).status).toBe('open');
});
