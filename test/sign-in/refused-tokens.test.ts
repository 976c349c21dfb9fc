import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { JWTPayload } from 'jose';
import { pino } from 'pino';
import { type TestApp, testApp } from '../support/app.ts';
import { type Browser, browser } from './support/browser.ts';
import {
  type Forge,
  type ForgingProvider,
  goodForge,
  SUBJECT,
  signed,
  startForgingProvider,
} from './support/forging-provider.ts';
import { askForLink, directory, type Somebody, signIn, somebody } from './support/people.ts';
import { AS_USUAL } from './support/real-provider.ts';

/** Why somebody was refused last, as the log has it. */
let reason: string | undefined;
const log = pino(
  { level: 'info' },
  new Writable({
    write(line, _, done) {
      const { event, reason: told } = JSON.parse(line);
      if (event === 'refused') reason = told;
      done();
    },
  }),
);

/** Every token that must let nobody in, each beside the one that does. */

let provider: ForgingProvider;
let app: TestApp;
let principal: Somebody;
let state: Somebody;
const LINK = /^\/sign-in\/links/;
const START = '2026-11-10T15:00:00Z';

beforeAll(async () => {
  provider = await startForgingProvider();
  const { issuer, clientId, clientSecret } = provider;
  const secondFactor = { claim: 'amr', values: ['mfa'] };
  app = await testApp({
    ...{ now: START, log },
    config: { provider: { issuer, clientId, clientSecret, secondFactor, ...AS_USUAL } },
  });
  const [code] = (await directory(app)) as [string];
  const agency = app.ctx.programs.all[0]!.pack.program.agency.code;
  principal = await somebody(app, 'Pat Principal', 'principal', { kind: 'school', code });
  state = await somebody(app, 'Sam State', 'isbe', { kind: 'state', code: agency });
  await known(SUBJECT);
});
afterAll(async () => {
  await app.close();
  await provider.stop();
});

const known = (subject: string) =>
  app.app.inject({
    method: 'PUT',
    url: `/v1/people/${state.id}/identity`,
    payload: { subject },
    headers: { authorization: `Bearer ${app.adminKey}`, 'if-match': '*' },
  });

/** Whether that browser can read anything. */
const isIn = async (who: Browser, headers: Record<string, string> = {}): Promise<boolean> =>
  (await who.get('/v1/schools', { accept: 'application/json', ...headers })).statusCode === 200;

// ---- what comes back from the provider

/** Begins at the provider and comes back, each as the case wants it; whether that lets them in. */
async function comeBack(
  forge: Forge,
  change: (address: URL, mine: Browser) => unknown = () => undefined,
): Promise<boolean> {
  const mine = browser(app.app);
  const entrance = new URL(String((await mine.get('/sign-in/provider')).headers.location));
  provider.nonce = entrance.searchParams.get('nonce')!;
  provider.forge = forge;
  const back = new URL('http://localhost:3000/sign-in/callback?code=a-code');
  back.searchParams.set('state', entrance.searchParams.get('state')!);
  back.searchParams.set('iss', provider.issuer);
  const who = ((await change(back, mine)) as Browser | undefined) ?? mine;
  await who.get(back.pathname + back.search);
  return isIn(who);
}

const claiming = (change: (claims: JWTPayload) => JWTPayload) => () =>
  comeBack((claims, { own }) => signed(change(claims), own));
const unsigned = (claims: JWTPayload) =>
  [{ alg: 'none' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
const seconds = () => Math.floor(Date.now() / 1000);
const without = (name: string) => claiming(({ [name]: _, ...claims }) => claims);

const fromTheProvider: Record<string, () => Promise<boolean>> = {
  'for another audience': claiming((claims) => ({ ...claims, aud: 'another-client' })),
  'for several audiences, handed to another party': claiming((claims) => ({
    ...claims,
    aud: [provider.clientId, 'another-client'],
    azp: 'another-client',
  })),
  'of another issuer': claiming((claims) => ({ ...claims, iss: 'https://evil.example' })),
  'without an issuer': without('iss'),
  'without an audience': without('aud'),
  'without an instant at which it was made': without('iat'),
  expired: claiming((claims) => ({ ...claims, exp: seconds() - 120 })),
  'without an end': without('exp'),
  'not valid yet, its clock being two minutes ahead': claiming((claims) => ({
    ...claims,
    nbf: seconds() + 120,
  })),
  'made for another sign-in': claiming((claims) => ({ ...claims, nonce: 'another' })),
  'made for no sign-in at all': without('nonce'),
  'without a subject': without('sub'),
  'of a subject that nobody has': claiming((claims) => ({ ...claims, sub: 'somebody-else' })),
  'without a second factor': claiming((claims) => ({ ...claims, amr: ['pwd'] })),
  'that tells of no factor at all': without('amr'),
  'with the algorithm none': () => comeBack(async (claims) => `${unsigned(claims)}.`),
  'signed with the client secret': () =>
    comeBack((claims) => signed(claims, Buffer.from(provider.clientSecret), 'HS256')),
  'signed with the public key, taken for a secret': () =>
    comeBack((claims, { ownPublic }) => signed(claims, Buffer.from(ownPublic), 'HS256')),
  'signed by a stranger under the right name': () =>
    comeBack((claims, { strange }) => signed(claims, strange)),
  'signed by a key that the provider does not show': () =>
    comeBack((claims, { strange }) => signed(claims, strange, 'RS256', 'unknown')),
  'changed after it was signed': () =>
    comeBack(async (claims, { own }) => {
      const [head, , signature] = (await signed({ ...claims, sub: 'x' }, own)).split('.');
      return [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
    }),
  'that is missing': () => comeBack(async () => null),
  'that is no token': () => comeBack(async () => 'not.a.token'),
  'brought by another browser': () => comeBack(goodForge, () => browser(app.app)),
  'brought by another browser that has begun as well': () =>
    comeBack(goodForge, async () => {
      const other = browser(app.app);
      await other.get('/sign-in/provider');
      return other;
    }),
  'brought a second time': async () => {
    let address = '';
    let again = browser(app.app);
    const first = await comeBack(goodForge, (back, mine) => {
      address = back.pathname + back.search;
      again = mine.copy();
    });
    expect(first).toBe(true);
    await again.get(address);
    return isIn(again);
  },
  'brought after ten minutes': () => comeBack(goodForge, () => app.clock.advance({ minutes: 10 })),
  'with a state that was never given': () =>
    comeBack(goodForge, (back) => back.searchParams.set('state', 'x'.repeat(43))),
  'with no state': () => comeBack(goodForge, (back) => back.searchParams.delete('state')),
  'of another provider, mixed up with ours': () =>
    comeBack(goodForge, (back) => back.searchParams.set('iss', 'https://evil.example')),
  'by an answer that names no provider': () =>
    comeBack(goodForge, (back) => back.searchParams.delete('iss')),
  'with a refusal of the provider': () =>
    comeBack(goodForge, (back) => back.searchParams.set('error', 'access_denied')),
};

// ---- links

/** Gets a link and uses it as the case wants it; whether that lets them in. */
async function useLink(act: (link: string, mine: Browser) => Promise<unknown>): Promise<boolean> {
  app.clock.advance({ hours: 1 });
  const mine = browser(app.app);
  const link = (await askForLink(app, mine, principal.email))!;
  return isIn(((await act(link, mine)) as Browser | undefined) ?? mine);
}

const press = async (link: string, who: Browser, headers: Record<string, string> = {}) => {
  await who.get(link);
  await who.submit(LINK, {}, headers).catch(() => undefined);
};
/** Another secret in place of the link's. */
const instead = (change: (secret: string) => string) => () =>
  useLink((link, mine) => {
    const secret = link.split('/').at(-1)!;
    return press(link.replace(secret, change(secret)), mine);
  });
const digest = (text: string) => createHash('sha256').update(text).digest('base64url');

const links: Record<string, () => Promise<boolean>> = {
  'used twice': () =>
    useLink(async (link, mine) => {
      const again = mine.copy();
      await press(link, mine);
      expect(await isIn(mine)).toBe(true);
      await press(link, again);
      return again;
    }),
  'used by two at the same moment, by the one who comes second': () =>
    useLink(async (link, mine) => {
      await mine.get(link);
      const both = [mine, mine.copy()];
      await Promise.all(both.map((who) => who.submit(LINK)));
      const ins = await Promise.all(both.map((who) => isIn(who)));
      expect(ins.filter(Boolean)).toHaveLength(1);
      return both[ins.indexOf(false)]!;
    }),
  'ten minutes old': () =>
    useLink(async (link, mine) => {
      app.clock.advance({ minutes: 10 });
      await press(link, mine);
    }),
  'opened in another browser': () =>
    useLink(async (link) => {
      const other = browser(app.app);
      await press(link, other);
      return other;
    }),
  'opened in another browser that has asked as well': () =>
    useLink(async (link) => {
      const other = browser(app.app);
      await askForLink(app, other, principal.email);
      await press(link, other);
      return other;
    }),
  'nobody was sent': instead(() => 'x'.repeat(43)),
  'with one letter changed': instead(
    (secret) => (secret.startsWith('A') ? 'B' : 'A') + secret.slice(1),
  ),
  'that is the stored digest': instead(digest),
  'with an empty secret': instead(() => '%20'),
  'after the address became another’s': () =>
    useLink(async (link, mine) => {
      const person = app.ctx.db.updateTable('people').where('id', '=', principal.id);
      await person.set({ email: 'new@example.org' }).execute();
      await press(link, mine);
      await person.set({ email: principal.email }).execute();
    }),
  'after the role has ended': () =>
    useLink(async (link, mine) => {
      const held = app.ctx.db.updateTable('assignments').where('personId', '=', principal.id);
      await held.set({ toOn: '2026-10-31' }).execute();
      await press(link, mine);
      await held.set({ toOn: null }).execute();
    }),
  'submitted by another site': () =>
    useLink((link, mine) => press(link, mine, { origin: 'https://evil.example' })),
  'submitted to a host that a forger has changed': () =>
    useLink((link, mine) =>
      press(link, mine, { host: 'evil.example', origin: 'http://evil.example' }),
    ),
};

// ---- cookies and keys

/** Signs in, and shows whatever the case makes of the cookie; whether it is taken. */
async function show(
  headersOf: (
    token: string,
    mine: Browser,
  ) => Record<string, string> | Promise<Record<string, string>>,
): Promise<boolean> {
  app.clock.advance({ hours: 1 });
  const mine = browser(app.app);
  await signIn(app, mine, principal.email);
  const token = mine.cookies.get('session')!;
  expect(await isIn(mine)).toBe(true);
  return isIn(browser(app.app), await headersOf(token, mine));
}

const cookie = (value: string) => ({ cookie: `session=${value}` });
const bearer = (value: string) => ({ authorization: `Bearer ${value}` });

const shown: Record<string, () => Promise<boolean>> = {
  'no cookie at all': () => show(() => ({})),
  'a cookie that nobody was given': () => show(() => cookie('x'.repeat(43))),
  'the stored digest of a cookie': () => show((token) => cookie(digest(token))),
  'the cookie twice, with another before it': () =>
    show((token) => ({ cookie: `session=${'x'.repeat(43)}; session=${token}` })),
  'the cookie of before the last sign-in': () =>
    show(async (token, mine) => {
      await signIn(app, mine, principal.email);
      return cookie(token);
    }),
  'the cookie after an hour': () =>
    show((token) => {
      app.clock.advance({ hours: 1 });
      return cookie(token);
    }),
  'the cookie after signing out': () =>
    show(async (token, mine) => {
      await mine.get('/me');
      await mine.submit('/sign-out');
      return cookie(token);
    }),
  'the cookie as a key': () => show((token) => bearer(token)),
  'an ID token as a key': () => show(() => bearer(`${unsigned({ sub: SUBJECT })}.`)),
  'the secret of a link as a key': () =>
    show(() => bearer(/links\/([\w-]{43})/.exec(app.mails.at(-1)!.text)![1]!)),
  'a key that has expired': () =>
    show(async () => bearer(await app.keyFor({ expiresOn: '2026-11-01' }))),
  'a key with a letter more': () => show(async () => bearer(`${await app.keyFor({})}x`)),
  'a key of a role that is gone': () =>
    show(async () => bearer(await app.keyFor({ role: 'bygone' }))),
};

test('what is as it must be lets people in: else nothing below would say anything', async () => {
  expect(await comeBack(goodForge)).toBe(true);
  expect(await useLink(press)).toBe(true);
  expect(await show((token) => cookie(token))).toBe(true);
  expect(await show(async () => bearer(await app.keyFor({})))).toBe(true);
});

const cases = [
  ...Object.entries(fromTheProvider).map(([name, act]) => [`an ID token ${name}`, act] as const),
  ...Object.entries(links).map(([name, act]) => [`a link ${name}`, act] as const),
  ...Object.entries(shown),
];
/** What stops each, so that none is stopped by something else before its turn. */
const because: Record<string, string[]> = {
  OAUTH_JWT_CLAIM_COMPARISON_FAILED: [
    'an ID token for another audience',
    'an ID token for several audiences, handed to another party',
    'an ID token of another issuer',
    'an ID token made for another sign-in',
  ],
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: [
    'an ID token expired',
    'an ID token not valid yet, its clock being two minutes ahead',
  ],
  OAUTH_INVALID_RESPONSE: [
    'an ID token without an issuer',
    'an ID token without an audience',
    'an ID token without an instant at which it was made',
    'an ID token without an end',
    'an ID token made for no sign-in at all',
    'an ID token without a subject',
    'an ID token with the algorithm none',
    'an ID token signed with the client secret',
    'an ID token signed with the public key, taken for a secret',
    'an ID token signed by a stranger under the right name',
    'an ID token changed after it was signed',
    'an ID token that is missing',
    'an ID token of another provider, mixed up with ours',
    'an ID token by an answer that names no provider',
  ],
  unknownSubject: ['an ID token of a subject that nobody has'],
  noSecondFactor: [
    'an ID token without a second factor',
    'an ID token that tells of no factor at all',
  ],
  OAUTH_KEY_SELECTION_FAILED: ['an ID token signed by a key that the provider does not show'],
  OAUTH_PARSE_ERROR: ['an ID token that is no token'],
  otherBrowser: [
    'an ID token brought by another browser',
    'an ID token brought by another browser that has begun as well',
    'a link opened in another browser that has asked as well',
  ],
  used: [
    'an ID token brought a second time',
    'a link used twice',
    'a link used by two at the same moment, by the one who comes second',
  ],
  expired: ['an ID token brought after ten minutes', 'a link ten minutes old'],
  unknown: [
    'an ID token with a state that was never given',
    'an ID token with no state',
    'a link nobody was sent',
    'a link with one letter changed',
    'a link that is the stored digest',
    'a link with an empty secret',
  ],
  OAUTH_AUTHORIZATION_RESPONSE_ERROR: ['an ID token with a refusal of the provider'],
  addressChanged: ['a link after the address became another’s'],
  holdsNoRole: ['a link after the role has ended'],
};
const reasonOf = new Map(
  Object.entries(because).flatMap(([why, names]) => names.map((name) => [name, why] as const)),
);

let accepted = 0;

test.each(cases)('%s lets nobody in', async (name, act) => {
  reason = undefined;
  const isAccepted = await act();
  if (isAccepted) accepted += 1;
  expect(isAccepted).toBe(false);
  expect(reason).toBe(reasonOf.get(name));
});

test('so it is with all of them', () => {
  process.stdout.write(`token cases: ${cases.length}, accepted: ${accepted}\n`);
  expect(cases.length).toBeGreaterThanOrEqual(30);
  expect(accepted).toBe(0);
});

test('where the class of the sign-in proves the second factor, it is asked for and demanded', async () => {
  const { issuer, clientId, clientSecret } = provider;
  const secondFactor = { claim: 'acr' as const, values: ['urn:example:two', 'urn:example:more'] };
  const strict = await testApp({
    now: START,
    config: { provider: { issuer, clientId, clientSecret, secondFactor, ...AS_USUAL } },
  });
  const agency = strict.ctx.programs.all[0]!.pack.program.agency.code;
  const { id } = await somebody(strict, 'Sam State', 'isbe', { kind: 'state', code: agency });
  await strict.app.inject({
    method: 'PUT',
    url: `/v1/people/${id}/identity`,
    payload: { subject: SUBJECT },
    headers: { authorization: `Bearer ${strict.adminKey}`, 'if-match': '*' },
  });
  for (const [acr, status] of [
    [undefined, 403],
    ['urn:example:one', 403],
    ['urn:example:two urn:example:more', 403],
    ['urn:example:more', 303],
  ] as const) {
    const mine = browser(strict.app);
    const entrance = new URL(String((await mine.get('/sign-in/provider')).headers.location));
    expect(entrance.searchParams.get('acr_values')).toBe(secondFactor.values.join(' '));
    provider.nonce = entrance.searchParams.get('nonce')!;
    provider.forge = (claims, { own }) => signed({ ...claims, ...(acr && { acr }) }, own);
    const back = new URLSearchParams({ code: 'a-code', iss: issuer });
    back.set('state', entrance.searchParams.get('state')!);
    expect((await mine.get(`/sign-in/callback?${back}`)).statusCode).toBe(status);
  }
  await strict.close();
});
