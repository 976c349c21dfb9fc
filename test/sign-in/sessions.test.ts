import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { expectProblem } from '../http/problem.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { until } from '../support/until.ts';
import { type Browser, browser } from './support/browser.ts';
import { askForLink, directory, type Somebody, signIn, somebody } from './support/people.ts';

let app: TestApp;
let schools: string[];
let principal: Somebody;
let mine: Browser;
const START = '2026-11-10T15:00:00Z';

beforeAll(async () => {
  app = await testApp({ now: START });
  schools = await directory(app);
  principal = await somebody(app, 'Pat Principal', 'principal', {
    kind: 'school',
    code: schools[0]!,
  });
});
afterAll(() => app.close());
beforeEach(async () => {
  app.clock.advance({ minutes: 20 });
  mine = browser(app.app);
  await signIn(app, mine, principal.email);
});

const json = { accept: 'application/json' };
const open = async (who: Browser) => (await who.get('/v1/schools', json)).statusCode;

describe('a session', () => {
  test('opens to a person what their roles reach, and no more', async () => {
    const { data } = (await mine.get('/v1/schools', json)).json();
    expect(data.map(({ rcdts }: { rcdts: string }) => rcdts)).toEqual([schools[0]]);
    expectProblem(await mine.get(`/v1/schools/${schools[1]}`, json), 404);
    expectProblem(await mine.get('/v1/keys', json), 403);
  });

  test('opens all that several roles in several places reach', async () => {
    const both = await somebody(app, 'Bo Both', 'principal', { kind: 'school', code: schools[0]! });
    await app.admin.post('/v1/assignments', {
      ...{ person: both.id, program: app.ctx.programs.all[0]!.id, role: 'slt', from: '2026-10-01' },
      organization: { kind: 'school', code: schools[3] },
    });
    const theirs = browser(app.app);
    await signIn(app, theirs, both.email);
    const { data } = (await theirs.get('/v1/schools', json)).json();
    const seen = data.map(({ rcdts }: { rcdts: string }) => rcdts);
    expect(seen.sort()).toEqual([schools[0], schools[3]].sort());
  });

  test('ends an hour after the last request, and twelve hours after the first', async () => {
    for (let minutes = 0; minutes < 12 * 60; minutes += 45) {
      expect(await open(mine)).toBe(200);
      await settled();
      app.clock.advance({ minutes: 45 });
    }
    expectProblem(await mine.get('/v1/schools', json), 401);

    await signIn(app, mine, principal.email);
    app.clock.advance({ minutes: 60 });
    expectProblem(await mine.get('/v1/schools', json), 401);
  });

  test('ends with the person’s last role, and does not come back with the next', async () => {
    const leaving = await somebody(app, 'Lee Leaving', 'slt', {
      kind: 'school',
      code: schools[1]!,
    });
    const [theirs, elsewhere] = [browser(app.app), browser(app.app)];
    await signIn(app, theirs, leaving.email);
    await signIn(app, elsewhere, leaving.email);
    expect([await open(theirs), await open(elsewhere)]).toEqual([200, 200]);
    const held = app.ctx.db.updateTable('assignments').where('id', '=', leaving.assignment);
    await held.set({ toOn: '2026-11-01' }).execute();
    expectProblem(await theirs.get('/v1/schools', json), 401);
    await held.set({ toOn: null }).execute();
    expectProblem(await theirs.get('/v1/schools', json), 401);
    // Nor does the one in another browser, in which nobody asked for anything meanwhile.
    expectProblem(await elsewhere.get('/v1/schools', json), 401);
  });

  test('ends in every browser with the last role, whichever of them finds out', async () => {
    const person = await somebody(app, 'Eve Everywhere', 'principal', {
      kind: 'school',
      code: schools[1]!,
    });
    const [one, other] = [browser(app.app), browser(app.app)];
    await signIn(app, one, person.email);
    app.clock.advance({ minutes: 16 });
    await signIn(app, other, person.email);
    expect([await open(one), await open(other)]).toEqual([200, 200]);
    const { data } = (await app.admin.get(`/v1/assignments?person=${person.id}`)).json();
    await app.admin.delete(`/v1/assignments/${data[0].id}`, { 'if-match': '*' });
    await app.admin.post(
      `/v1/assignments/${data[0].id}/end`,
      { toOn: '2026-11-09' },
      { 'if-match': '*' },
    );
    expect(await open(one)).toBe(401);
    await app.admin.post('/v1/assignments', {
      ...{ person: person.id, program: app.ctx.programs.all[0]!.id, role: 'principal' },
      ...{ from: '2026-11-10', organization: { kind: 'school', code: schools[1] } },
    });
    expect([await open(one), await open(other)]).toEqual([401, 401]);
  });

  test('that is refused, and a link that is, are on record with their person', async () => {
    const gone = await somebody(app, 'Gia Gone', 'slt', { kind: 'school', code: schools[1]! });
    const [theirs, late] = [browser(app.app), browser(app.app)];
    await signIn(app, theirs, gone.email);
    const link = (await askForLink(app, late, gone.email))!;
    await app.admin.post(
      `/v1/assignments/${gone.assignment}/end`,
      { toOn: '2026-11-01' },
      { 'if-match': '*' },
    );
    expect(await open(theirs)).toBe(401);
    await late.get(link);
    expect((await late.submit(/^\/sign-in\/links/)).statusCode).toBe(403);
    // It is written down behind the replies.
    const refused = async (): Promise<string[]> => {
      const url = `/v1/audit?kind=refused&actor=person:${gone.id}`;
      const { data } = (await app.admin.get(url)).json();
      return data.map(({ detail }: { detail: { route: string } }) => detail.route);
    };
    await until(async () => (await refused()).length === 2);
    expect((await refused()).sort()).toEqual(['/sign-in/links/:secret', '/v1/schools']);
  });

  test('ends when the person signs out, also for a copy of the cookie', async () => {
    const copy = mine.copy();
    await mine.get('/me');
    const reply = await mine.submit('/sign-out');
    expect([reply.statusCode, reply.headers.location]).toEqual([303, '/sign-in']);
    expect(mine.cookies.has('session')).toBe(false);
    expect(await open(copy)).toBe(401);
  });

  test('is listed, and can be ended from another browser', async () => {
    const other = browser(app.app);
    await signIn(app, other, principal.email);
    expect(await open(mine)).toBe(200);
    const page = await other.get('/me');
    expect(page.body.match(/Since /g)!.length).toBeGreaterThanOrEqual(2);
    await other.submit(/^\/me\/sessions/);
    expect(await open(mine)).toBe(401);
    expect(await open(other)).toBe(200);
  });

  test('of another person can’t be ended', async () => {
    const thief = await somebody(app, 'Tia Thief', 'slt', { kind: 'school', code: schools[2]! });
    const theirs = browser(app.app);
    await signIn(app, theirs, thief.email);
    const { id } = await app.ctx.db
      .selectFrom('sessions')
      .select('id')
      .where('personId', '=', principal.id)
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    await theirs.get('/me');
    const proof = theirs.proof();
    await app.app.inject({
      method: 'POST',
      url: `/me/sessions/${id}/end`,
      payload: `proof=${proof}`,
      headers: {
        ...{ origin: 'http://localhost:3000', 'content-type': 'application/x-www-form-urlencoded' },
        cookie: `session=${theirs.cookies.get('session')}`,
      },
    });
    expect(await open(mine)).toBe(200);
  });

  test('is ended by an administrator, at once', async () => {
    const url = `/v1/people/${principal.id}/sign-out`;
    expectProblem(await app.admin.post(url), 428);
    const reply = await app.admin.post(url, undefined, { 'if-match': '*' });
    expect(reply.json().ended).toBeGreaterThanOrEqual(1);
    expect(await open(mine)).toBe(401);
  });

  test('ends when its person gets another address, and not with another name', async () => {
    const moving = await somebody(app, 'Mo Ving', 'slt', { kind: 'school', code: schools[1]! });
    const theirs = browser(app.app);
    await signIn(app, theirs, moving.email);
    const change = (body: object) =>
      app.admin.patch(`/v1/people/${moving.id}`, body, { 'if-match': '*' });
    await change({ name: 'Mo Ving-Smith', email: moving.email.toUpperCase() });
    expect(await open(theirs)).toBe(200);
    await change({ email: 'mo.smith@example.org' });
    expect(await open(theirs)).toBe(401);
  });

  test('counts for nothing beside a key', async () => {
    expectProblem(await mine.get('/v1/schools', { ...json, authorization: 'Bearer py_x' }), 401);
  });
});

describe('a request that changes something, made with a cookie,', () => {
  const act = async (headers: Record<string, string>) =>
    app.app.inject({
      method: 'POST',
      url: '/v1/tasks/complete',
      payload: '{"tasks":[]}',
      headers: {
        'content-type': 'application/json',
        cookie: `session=${mine.cookies.get('session')}`,
        ...headers,
      },
    });

  test.each([
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    [
      'a neighbouring host',
      { origin: 'http://other.localhost:3000', 'sec-fetch-site': 'same-site' },
    ],
    ['another port of this machine', { origin: 'http://localhost:4000' }],
    ['a frame without an origin', { origin: 'null' }],
    ['an address bar', { 'sec-fetch-site': 'none' }],
    ['nowhere', {}],
    [
      'a site that lies about one of the two',
      { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
    ],
  ])('from %s is refused', async (_, headers) => {
    expectProblem(await act(headers as Record<string, string>), 403, 'forbidden');
  });

  test('from our own page is looked at', async () => {
    for (const headers of [
      { origin: 'http://localhost:3000' },
      { 'sec-fetch-site': 'same-origin' },
    ])
      expectProblem(await act(headers as Record<string, string>), 400);
  });

  test('with a key needs no origin', async () => {
    expectProblem(await app.admin.post('/v1/tasks/complete', { tasks: [] }), 400);
  });
});

describe('a form', () => {
  test.each([
    ['without its proof', { proof: '' }],
    ['with the proof of another', { proof: 'x'.repeat(43) }],
  ])('%s is refused as a page', async (_, fields) => {
    await mine.get('/me');
    const reply = await mine.submit('/sign-out', fields);
    expect(reply.statusCode).toBe(403);
    expect(reply.headers['content-type']).toContain('text/html');
    expect(await open(mine)).toBe(200);
  });

  test('from another site is refused', async () => {
    await mine.get('/me');
    const reply = await mine.submit('/sign-out', {}, { origin: 'https://evil.example' });
    expect(reply.statusCode).toBe(403);
    expect(await open(mine)).toBe(200);
  });
});

test('the cookies can’t be read by scripts, and need HTTPS and this very host beyond localhost', async () => {
  const there = await testApp({ config: { publicUrl: 'https://plans.example.org' } });
  const reply = await browser(there.app).get('/sign-in');
  expect(reply.headers['set-cookie']).toMatch(
    /^__Host-browser=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=86400$/,
  );
  const [school] = (await directory(there)) as [string];
  const person = await somebody(there, 'Pat Principal', 'principal', {
    kind: 'school',
    code: school,
  });
  const theirs = browser(there.app, '127.0.0.1', 'https://plans.example.org');
  await signIn(there, theirs, person.email);
  expect([...theirs.cookies.keys()]).toEqual(['__Host-session']);
  expect((await theirs.get('/me')).statusCode).toBe(200);
  // The same cookie by its plain name was set by somebody else.
  const plain = { cookie: `session=${theirs.cookies.get('__Host-session')}` };
  expectProblem(await theirs.get('/v1/schools', { ...json, ...plain }), 401);
  await there.close();
});

test('a secret answer is sealed with the session, and read again only in it', async () => {
  const state = await somebody(app, 'Sam State', 'isbe', {
    kind: 'state',
    code: app.ctx.programs.all[0]!.pack.program.agency.code,
  });
  const theirs = browser(app.app);
  const post = (who: Browser) =>
    app.app.inject({
      method: 'POST',
      url: '/v1/keys',
      payload: { role: 'dashboard', scope: { all: true }, label: 'screen' },
      headers: {
        cookie: `session=${who.cookies.get('session')}`,
        origin: 'http://localhost:3000',
        'idempotency-key': 'one',
      },
    });
  await signIn(app, theirs, state.email);
  const first = await post(theirs);
  expect(first.statusCode).toBe(201);
  const again = await post(theirs);
  expect([again.headers['idempotency-replayed'], again.body]).toEqual(['true', first.body]);
  const kept = await app.ctx.db.selectFrom('idempotencyKeys').selectAll().execute();
  expect(JSON.stringify(kept)).not.toContain(first.json().key);
  const other = browser(app.app);
  await signIn(app, other, state.email);
  expect((await post(other)).json().key).not.toBe(first.json().key);
});

test('ways in are on record with person and request, and without a secret or an address', async () => {
  let log = '';
  const sink = new Writable({
    write(chunk, _, done) {
      log += chunk;
      done();
    },
  });
  const loud = await testApp({ now: START, log: pino({ level: 'trace' }, sink) });
  const [code] = (await directory(loud)) as [string];
  const { id, email } = await somebody(loud, 'Pat', 'principal', { kind: 'school', code });
  const theirs = browser(loud.app);
  await signIn(loud, theirs, email);
  const secret = /links\/([\w-]{43})/.exec(loud.mails.at(-1)!.text)![1]!;
  const session = theirs.cookies.get('session')!;
  await theirs.get(`/sign-in/links/${secret}?x=1`);
  await theirs.get('/me');
  loud.clock.advance({ minutes: 1 });
  await theirs.submit('/sign-out');
  const { data } = (await loud.admin.get('/v1/audit?actor=person:'.concat(id))).json();
  expect(data.map(({ kind }: { kind: string }) => kind)).toEqual(['signedOut', 'signedIn']);
  const written = JSON.stringify(
    await loud.ctx.db.selectFrom('auditEntries').selectAll().execute(),
  );
  for (const hidden of [secret, session, email]) expect(written).not.toContain(hidden);
  await loud.close();

  const events = log
    .split('\n')
    .filter((line) => line.includes('"sign-in"'))
    .map((line) => JSON.parse(line));
  expect(events.map(({ event, actor }) => [event, actor])).toEqual([
    ['linkMailed', `person:${id}`],
    ['signedIn', `person:${id}`],
    ['signedOut', `person:${id}`],
  ]);
  expect(events[1].requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(log).toContain('"request"');
  for (const hidden of [secret, session, email]) expect(log).not.toContain(hidden);
});

/** What a request leaves to be done behind it. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 30));
