import { setTimeout } from 'node:timers/promises';
import { createGunzip, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { browser } from '../sign-in/support/browser.ts';
import { askForLink, directory, somebody } from '../sign-in/support/people.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { expectProblem } from './problem.ts';

const BASE = '/planning';
const DASHBOARD = 'https://dashboard.example.org';
const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let app: TestApp;
beforeAll(async () => {
  app = await testApp({
    config: { publicUrl: `http://localhost:3000${BASE}`, corsOrigins: [DASHBOARD] },
  });
  await app.admin.post('/v1/people', { name: 'A', email: 'a@example.org' });
  await app.admin.post('/v1/people', { name: 'B', email: 'b@example.org' });
});
afterAll(() => app.close());

describe.each([
  ['takes the path away', ''],
  ['leaves the path', BASE],
])('below a path, behind a proxy that %s', (_, way) => {
  test('every address that is given out leads there', async () => {
    const list = await app.admin.get(`${way}/v1/people?limit=1`);
    const [, next] = /^<([^>]+)>; rel="next"$/.exec(String(list.headers.link))!;
    expect(next).toMatch(/^\/planning\/v1\/people\?limit=1&cursor=/);
    expect((await app.admin.get(next!)).statusCode).toBe(200);
    const again = await app.admin.get(`${way}/v1/people?limit=1`);
    expect(again.headers.link).toMatch(/^<\/planning\/v1\/people/);
    const person = { name: 'C', email: `c${way.length}@example.org` };
    const twice = { 'idempotency-key': `c${way.length}` };
    const made = await app.admin.post(`${way}/v1/people`, person, twice);
    expect(made.headers.location).toBe(`/planning/v1/people/${made.json().id}`);
    const replayed = await app.admin.post(`${way}/v1/people`, person, twice);
    expect(replayed.headers.location).toBe(made.headers.location);
    const feeds = `${made.headers.location}/feeds`;
    const feed = (await app.admin.post(feeds, { label: 'A calendar' })).json();
    expect(feed.url).toMatch(/^http:\/\/localhost:3000\/planning\/v1\/feeds\//);
    expect((await app.as(null).get(new URL(feed.url).pathname)).statusCode).toBe(200);
  });

  test('the explorer finds its files, its document and the API', async () => {
    const page = await app.as(null).get(`${way}/docs`, HTML);
    const files = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file!);
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) {
      expect(file).toMatch(/^\/planning\/docs\/static\//);
      expect((await app.as(null).get(file)).statusCode).toBe(200);
    }
    const { servers } = (await app.as(null).get(`${way}/openapi.json`)).json();
    expect(servers).toEqual([{ url: BASE, description: 'This server' }]);
    const moved = await app.as(null).get(`${way}/docs/static/index.html`);
    expect(moved.headers.location).toBe('/planning/docs/');
  });

  test('people sign in, and come back by a used link', async () => {
    const [code] = await directory(app);
    const name = way === '' ? 'Pat Taken' : 'Pat Left';
    const principal = await somebody(app, name, 'principal', { kind: 'school', code: code! });
    const mine = browser(app.app);
    await mine.get(`${way}/sign-in`);
    expect([...mine.cookies.keys()]).toEqual(['browser-planning']);
    const link = (await askForLink(app, mine, principal.email))!;
    expect(link).toMatch(/^\/planning\/sign-in\/links\//);
    await mine.get(link);
    const signedIn = await mine.submit(/sign-in\/links/);
    expect([signedIn.statusCode, signedIn.headers.location]).toEqual([303, '/planning/me']);
    const again = await mine.get(link);
    expect([again.statusCode, again.headers.location]).toEqual([303, '/planning/me']);
    expect((await mine.get(`${way}/me`)).body).toContain(`<h1>${name}</h1>`);
    const meant = await mine.get(`${way}/ME/?utm_source=mail`);
    expect([meant.statusCode, meant.headers.location]).toEqual([
      308,
      '/planning/me?utm_source=mail',
    ]);
  });
});

test('a path that is an address of ours stops the start', async () => {
  const there = testApp({ config: { publicUrl: 'https://example.org/tasks' } });
  await expect(there).rejects.toThrow('PUBLIC_URL must not end in /tasks');
});

describe('a browser', () => {
  const page = async (url: string, method: 'GET' | 'POST' = 'GET') =>
    app.app.inject({ method, url, headers: HTML });

  test.each([
    ['/nope', 404],
    ['/TASKS/x', 308],
    ['/unsubscribe/bad', 404],
    ['/openapi.json?x=1', 400],
    ['/sign-in?to=https://example.org', 400],
  ])('is shown a page at %s', async (url, status) => {
    const reply = await page(url);
    expect(reply.statusCode).toBe(status);
    if (status !== 308) {
      expect(reply.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(reply.headers['content-security-policy']).toContain("default-src 'none'");
      expect(reply.body).toContain('href="/planning/sign-in"');
    }
  });

  test('is shown one where a form has no such address', async () => {
    const reply = await page('/me', 'POST');
    expect([reply.statusCode, reply.headers.allow]).toEqual([405, 'GET, HEAD']);
    expect(reply.headers['content-type']).toBe('text/html; charset=utf-8');
  });

  test('gets what programs get below /v1, and programs get it everywhere', async () => {
    expectProblem(await page('/v1/nope'), 401, 'unauthenticated');
    expectProblem(await app.as(null).get('/nope'), 404, 'not-found');
    expectProblem(await app.admin.get('/v1/people/'), 404, 'not-found');
  });

  test('may come to any public page with parameters of whatever led there', async () => {
    for (const url of ['/sign-in', '/sign-in/sent', '/me', '/', '/unsubscribe/bad'])
      expect((await page(`${url}?utm_source=mail&fbclid=1`)).statusCode).not.toBe(400);
  });
});

describe('a page of another site', () => {
  const ask = (method: 'GET' | 'OPTIONS', url: string, headers: Record<string, string>) =>
    app.app.inject({ method, url, headers });
  const preflight = { origin: DASHBOARD, 'access-control-request-method': 'GET' };

  test('that the settings name reads the API by a key, and never by a session', async () => {
    const asked = await ask('OPTIONS', '/v1/people', preflight);
    expect([asked.statusCode, asked.headers['access-control-allow-origin']]).toEqual([
      ...[204, DASHBOARD],
    ]);
    expect(asked.headers['access-control-allow-headers']).toContain('Authorization');
    const key = { authorization: `Bearer ${app.adminKey}`, origin: DASHBOARD };
    const read = await ask('GET', '/v1/people?limit=1', key);
    expect([read.statusCode, read.headers['access-control-allow-origin']]).toEqual([
      ...[200, DASHBOARD],
    ]);
    expect(read.headers['access-control-expose-headers']).toContain('Link');
    for (const { headers } of [asked, read]) {
      expect(headers['access-control-allow-credentials']).toBeUndefined();
      expect(headers.vary).toBe('Origin');
    }
  });

  test('reads no page, and another site reads nothing', async () => {
    for (const [url, origin] of [
      ['/sign-in', DASHBOARD],
      ['/me', DASHBOARD],
      ['/v1/people', 'https://evil.example.org'],
    ] as const)
      for (const method of ['GET', 'OPTIONS'] as const) {
        const { headers } = await ask(method, url, { ...preflight, origin });
        expect(headers['access-control-allow-origin']).toBeUndefined();
      }
  });
});

test('OPTIONS tells what an address answers to, below /v1 whoever has a key; HEAD answers for every GET', async () => {
  const options = (url: string, key?: string) =>
    app.app.inject({
      ...{ method: 'OPTIONS', url },
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    });
  const told = await options('/v1/people', app.adminKey);
  expect([told.statusCode, told.headers.allow]).toEqual([204, 'GET, HEAD, POST, OPTIONS']);
  expect((await options('/sign-in')).headers.allow).toBe('GET, HEAD, POST, OPTIONS');
  expectProblem(await options('/v1/people'), 401);
  expectProblem(await options('/v1/nope', app.adminKey), 404);
  const got = app.app.keptRoutes.filter(({ methods }) => methods.includes('GET'));
  const heads = app.app.keptRoutes.filter(({ methods }) => methods.includes('HEAD'));
  expect(got.length).toBeGreaterThan(60);
  expect(
    got.map(({ url }) => url).filter((url) => !heads.some((head) => head.url === url)),
  ).toEqual([]);
});

describe('a compressed body', () => {
  const send = (payload: Buffer, coding: string, url = '/v1/people', type = 'application/json') =>
    app.app.inject({
      ...{ method: 'POST', url, payload },
      headers: {
        ...{ authorization: `Bearer ${app.adminKey}`, 'content-type': type },
        ...{ 'content-encoding': coding, 'content-length': String(payload.length) },
      },
    });

  test('is taken as what it holds', async () => {
    const person = { name: 'Zip', email: 'zip@example.org' };
    const reply = await send(gzipSync(JSON.stringify(person)), 'gzip');
    expect([reply.statusCode, reply.json()]).toEqual([201, expect.objectContaining(person)]);
  });

  test('is taken over a real connection, which has closed before all is unpacked', async () => {
    const url = await app.app.listen({ host: '127.0.0.1', port: 0 });
    const body = gzipSync(JSON.stringify({ name: 'Zap', email: 'zap@example.org' }));
    const reply = await fetch(`${url}/v1/people`, {
      ...{ method: 'POST', body, signal: AbortSignal.timeout(20_000) },
      headers: {
        ...{ authorization: `Bearer ${app.adminKey}`, 'content-type': 'application/json' },
        'content-encoding': 'gzip',
      },
    });
    expect(reply.status).toBe(201);
  });

  test('of a gigabyte is refused when a megabyte of it is unpacked, and no more of it is', async () => {
    const bomb = gzipSync(Buffer.alloc(1024 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(1024 * 1024);
    const whole = await processorDuring(async () => void (await unpackedBytes(bomb)));
    const before = process.memoryUsage.rss();
    const refusing = await processorDuring(async () => {
      expectProblem(await send(bomb, 'gzip'), 413, 'body-too-large');
      // Whoever went on unpacking would do so now.
      await setTimeout(whole);
    });
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1024 * 1024);
    expect(refusing).toBeLessThan(whole / 3);
  });

  test('that is cut off, is no gzip, or is packed otherwise is refused with what to do', async () => {
    const whole = gzipSync('{"name":"A"}');
    for (const body of [whole.subarray(0, 12), Buffer.from('{}')])
      expect(expectProblem(await send(body, 'gzip'), 400).detail).toContain('gzip');
    for (const coding of ['br', 'gzip, gzip', 'zstd']) {
      const reply = await send(whole, coding);
      expect(expectProblem(reply, 415).detail).toContain('Compress it by gzip, or not at all.');
      expect(reply.headers['accept-encoding']).toBe('gzip');
    }
  });
});

/** Milliseconds of the processor, on all threads of this process. */
async function processorDuring(act: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

async function unpackedBytes(packed: Buffer): Promise<number> {
  let bytes = 0;
  const stream = createGunzip();
  stream.end(packed);
  for await (const chunk of stream) bytes += (chunk as Buffer).length;
  return bytes;
}
