import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { expectProblem } from '../http/problem.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { until } from '../support/until.ts';
import { type Browser, browser } from './support/browser.ts';
import {
  askForLink,
  directory,
  type Somebody,
  signIn as signInByLink,
  somebody,
} from './support/people.ts';
import { AS_USUAL, type RealProvider, startRealProvider } from './support/real-provider.ts';

/** Against a certified provider, over HTTP. */

let provider: RealProvider;
let app: TestApp;
let state: Somebody;
let agency: { kind: 'state'; code: string };
let school: { kind: 'school'; code: string };

beforeAll(async () => {
  provider = await startRealProvider('http://localhost:3000/sign-in/callback');
  const { issuer, clientId, clientSecret } = provider;
  const secondFactor = { claim: 'amr', values: ['mfa', 'hwk'] };
  app = await testApp({
    config: { provider: { issuer, clientId, clientSecret, secondFactor, ...AS_USUAL } },
  });
  const [code] = (await directory(app)) as [string];
  school = { kind: 'school', code };
  agency = { kind: 'state', code: app.ctx.programs.all[0]!.pack.program.agency.code };
  state = await somebody(app, 'Sam State', 'isbe', agency);
});
afterAll(async () => {
  await app.close();
  await provider.stop();
});

const mark = (person: string, body: object = {}) =>
  app.app.inject({
    method: 'PUT',
    url: `/v1/people/${person}/identity`,
    payload: body,
    headers: { authorization: `Bearer ${app.adminKey}`, 'if-match': '*' },
  });

async function signIn(mine: Browser) {
  const entrance = await mine.get('/sign-in/provider');
  expect(entrance.statusCode).toBe(303);
  const back = await provider.visit(String(entrance.headers.location));
  return mine.get(back.pathname + back.search);
}

beforeEach(() => {
  provider.account = {
    subject: 'sub-of-sam',
    email: state.email,
    emailVerified: true,
    amr: ['mfa'],
  };
});

describe('state staff', () => {
  test('come in by the provider once an administrator has marked them, and stay known by subject', async () => {
    expect((await signIn(browser(app.app))).statusCode).toBe(403);

    expect((await mark(state.id)).json()).toMatchObject({ marked: true, subject: null });
    const mine = browser(app.app);
    expect((await mine.get('/sign-in')).body).toContain('Sign in with your state account');
    const reply = await signIn(mine);
    expect([reply.statusCode, reply.headers.location]).toEqual([303, '/me']);
    expect((await mine.get('/me')).body).toContain('<h1>Sam State</h1>');
    expect((await app.admin.get(`/v1/people/${state.id}/identity`)).json()).toMatchObject({
      issuer: provider.issuer,
      subject: 'sub-of-sam',
      version: 2,
    });

    provider.account = { ...provider.account, email: 'sam.married@example.org' };
    expect((await signIn(browser(app.app))).statusCode).toBe(303);
    provider.account = { ...provider.account, email: state.email, subject: 'sub-of-another' };
    expect((await signIn(browser(app.app))).statusCode).toBe(403);
  });

  test('who go back to the provider’s answer are led to their page; somebody else is not let in by it', async () => {
    await mark(state.id);
    const mine = browser(app.app);
    const entrance = await mine.get('/sign-in/provider?to=/me/preferences');
    const back = await provider.visit(String(entrance.headers.location));
    const answer = back.pathname + back.search;
    expect((await mine.get(answer)).headers.location).toBe('/me/preferences');
    const again = await mine.get(answer);
    expect([again.statusCode, again.headers.location]).toEqual([303, '/me/preferences']);
    expect((await browser(app.app).get(answer)).statusCode).toBe(403);
  });

  test('need a second factor where the settings ask for one', async () => {
    for (const [amr, status] of [
      [['pwd'], 403],
      [[], 403],
      [['pwd', 'hwk'], 303],
    ] as const) {
      provider.account = { ...provider.account, amr: [...amr] };
      expect((await signIn(browser(app.app))).statusCode).toBe(status);
    }
  });

  test('are not known by an address that the provider does not vouch for', async () => {
    const coach = await somebody(app, 'Cody Coach', 'coordinator', school);
    await mark(coach.id);
    const account = { subject: 'sub-of-cody', email: coach.email, amr: ['mfa'] };
    provider.account = { ...account, emailVerified: false };
    expect((await signIn(browser(app.app))).statusCode).toBe(403);
    provider.account = { ...account, emailVerified: true };
    expect((await signIn(browser(app.app))).statusCode).toBe(303);
  });

  test('get no link by mail, also when they are of the district and marked', async () => {
    expect(await askForLink(app, browser(app.app), state.email)).toBeNull();
    const clerk = await somebody(app, 'Di Strict', 'principal', school);
    expect(await askForLink(app, browser(app.app), clerk.email)).not.toBeNull();
    await mark(clerk.id);
    expect(await askForLink(app, browser(app.app), clerk.email)).toBeNull();
  });

  test('who came by a link before they were of the state come again through the provider', async () => {
    const rising = await somebody(app, 'Ri Sing', 'principal', school);
    const mine = browser(app.app);
    await signInByLink(app, mine, rising.email);
    expect((await mine.get('/me')).statusCode).toBe(200);
    await app.admin.post('/v1/assignments', {
      ...{ person: rising.id, program: app.ctx.programs.all[0]!.id, role: 'isbe' },
      ...{ organization: agency, from: '2026-10-01' },
    });
    expectProblem(await mine.get('/v1/keys', { accept: 'application/json' }), 401);
    expect((await mine.get('/me')).statusCode).toBe(303);

    await mark(rising.id, { subject: 'sub-of-rising' });
    provider.account = { ...provider.account, subject: 'sub-of-rising' };
    const anew = browser(app.app);
    expect((await signIn(anew)).statusCode).toBe(303);
    expect((await anew.get('/v1/keys', { accept: 'application/json' })).statusCode).toBe(200);
  });

  test('who hold no role are not let in', async () => {
    const { id } = (
      await app.admin.post('/v1/people', { name: 'No', email: 'no@example.org' })
    ).json();
    await mark(id, { subject: 'sub-of-no' });
    provider.account = { ...provider.account, subject: 'sub-of-no' };
    expect((await signIn(browser(app.app))).statusCode).toBe(403);
  });
});

describe('an administrator', () => {
  const url = () => `/v1/people/${state.id}/identity`;

  test('names the subject at once where it is known, of one person only', async () => {
    expect((await mark(state.id, { subject: 'sub-of-sam' })).json().subject).toBe('sub-of-sam');
    const other = await somebody(app, 'Otto Other', 'isbe', agency);
    expectProblem(await mark(other.id, { subject: 'sub-of-sam' }), 409, 'subject-taken');
  });

  test('takes the way in away, and open sessions end', async () => {
    await mark(state.id);
    const mine = browser(app.app);
    await signIn(mine);
    expect((await mine.get('/me')).statusCode).toBe(200);
    expect((await app.admin.delete(url(), { 'if-match': '*' })).statusCode).toBe(204);
    expect((await mine.get('/me')).statusCode).toBe(303);
    expect((await signIn(browser(app.app))).statusCode).toBe(403);
    expect((await app.admin.get(url())).json()).toMatchObject({ marked: false, subject: null });
  });

  test('is told when there is no provider', async () => {
    const without = await testApp();
    const { id } = (
      await without.admin.post('/v1/people', { name: 'A', email: 'a@example.org' })
    ).json();
    const reply = await without.app.inject({
      method: 'PUT',
      url: `/v1/people/${id}/identity`,
      payload: {},
      headers: { authorization: `Bearer ${without.adminKey}`, 'if-match': '*' },
    });
    expectProblem(reply, 409, 'no-provider');
    expect((await without.as(null).get('/sign-in/provider')).statusCode).toBe(404);
    await without.close();
  });
});

describe('an account of Microsoft Entra', () => {
  const entra = { addressClaim: 'preferred_username', subjectClaims: ['tid', 'oid'] };
  const account = (subject: string, more: Record<string, string>) => ({
    ...{ subject, email: '', amr: ['mfa'], more: { tid: 'tenant-1', ...more } },
  });
  let its: TestApp;
  let jo: Somebody;
  beforeAll(async () => {
    const { issuer, clientId, clientSecret } = provider;
    const config = { provider: { issuer, clientId, clientSecret, secondFactor: null, ...entra } };
    its = await testApp({ config });
    jo = await somebody(its, 'Jo State', 'isbe', agency);
    await its.app.inject({
      ...({ method: 'PUT', url: `/v1/people/${jo.id}/identity`, payload: {} } as const),
      headers: { authorization: `Bearer ${its.adminKey}`, 'if-match': '*' },
    });
  });
  afterAll(() => its.close());
  const come = async () => {
    const mine = browser(its.app);
    const entrance = await mine.get('/sign-in/provider');
    const back = await provider.visit(String(entrance.headers.location));
    return mine.get(back.pathname + back.search);
  };

  test('is known by the claim that the settings believe, and for good by tenant and object', async () => {
    provider.account = account('pairwise-1', { oid: 'object-1', preferred_username: jo.email });
    expect((await come()).statusCode).toBe(303);
    expect((await its.admin.get(`/v1/people/${jo.id}/identity`)).json()).toMatchObject({
      subject: 'tenant-1.object-1',
    });
    // Another application of the tenant would see another `sub`, and people change their names.
    provider.account = account('pairwise-2', {
      oid: 'object-1',
      preferred_username: 'x@example.org',
    });
    expect((await come()).statusCode).toBe(303);
  });

  test('that nobody here is known by is named to the administrator', async () => {
    provider.account = account('pairwise-3', { oid: 'object-3', preferred_username: jo.email });
    expect((await come()).statusCode).toBe(403);
    await until(async () => {
      const { data } = (await its.admin.get('/v1/audit?kind=refused')).json();
      return data.some(
        ({ detail }: { detail: Record<string, unknown> }) =>
          detail.reason === 'unknownSubject' && detail.subject === 'tenant-1.object-3',
      );
    });
  });

  test('that lacks a claim of the subject comes to nothing', async () => {
    provider.account = account('pairwise-4', { preferred_username: jo.email });
    expect((await come()).statusCode).toBe(403);
  });
});

test('an address that is called verified in text is believed, any other word is not', async () => {
  const kim = await somebody(app, 'Kim State', 'isbe', agency);
  await mark(kim.id);
  const told = { subject: 'sub-of-kim', email: kim.email, amr: ['mfa'] };
  provider.account = { ...told, emailVerified: 'yes' };
  expect((await signIn(browser(app.app))).statusCode).toBe(403);
  provider.account = { ...told, emailVerified: 'true' };
  expect((await signIn(browser(app.app))).statusCode).toBe(303);
});

test('a provider that does not answer is told as such, and asked again the next time', async () => {
  const gone = {
    issuer: 'http://127.0.0.1:9',
    clientId: 'x',
    clientSecret: null,
    secondFactor: null,
    ...AS_USUAL,
  };
  const alone = await testApp({ config: { provider: gone } });
  const reply = await browser(alone.app).get('/sign-in/provider');
  expect(reply.statusCode).toBe(503);
  expect(reply.body).toContain('does not answer');
  await alone.close();
});
