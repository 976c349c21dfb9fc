import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { InjectOptions } from 'fastify';
import type { App } from '../../src/http/app.ts';
import { type Browser, browser } from '../sign-in/support/browser.ts';
import { directory, type Somebody, signIn, somebody } from '../sign-in/support/people.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { freePort, nginx, type RunningNginx, startNginx } from './support/nginx.ts';

const PATH = '/planning';
if (nginx === null)
  process.stdout.write(
    'proxy: skipped, since there is no nginx here (apt-get install nginx-light)\n',
  );
const withNginx = nginx === null ? describe.skip : describe;

withNginx.each([
  ['takes the path away', true],
  ['leaves the path', false],
])('behind an nginx that compresses and %s', (name, takes) => {
  let app: TestApp;
  let proxy: RunningNginx;
  let origin: string;
  let principal: Somebody;
  let code: string;
  let requests = 0;

  beforeAll(async () => {
    const port = await freePort();
    origin = `http://127.0.0.1:${port}`;
    app = await testApp({ config: { publicUrl: origin + PATH, trustProxy: ['loopback'] } });
    const upstream = new URL(await app.app.listen({ host: '127.0.0.1', port: 0 }));
    proxy = await startNginx(port, Number(upstream.port), PATH, takes);
    [code] = (await directory(app)) as [string];
    principal = await somebody(app, 'Pat Principal', 'principal', { kind: 'school', code });
  });
  afterAll(async () => {
    process.stdout.write(`proxy: nginx ${name}: ${requests} requests\n`);
    await proxy.stop();
    await app.close();
  });

  const ask = (path: string, init: RequestInit = {}): Promise<Response> => {
    requests += 1;
    const url = new URL(path, origin);
    expect(url.origin).toBe(origin);
    return fetch(url, { redirect: 'manual', ...init });
  };
  const asAdmin = (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
    ask(path, { ...init, headers: { authorization: `Bearer ${app.adminKey}`, ...headers } });
  const post = (path: string, body: object, method = 'POST', headers = {}) =>
    asAdmin(
      path,
      { 'content-type': 'application/json', ...headers },
      {
        ...{ method, body: JSON.stringify(body) },
      },
    );

  /** A browser whose requests go by the proxy. */
  const visitor = (): Browser => {
    const inject = async ({ method, url, headers, payload }: InjectOptions) => {
      const reply = await ask(String(url), {
        method: method ?? 'GET',
        headers: headers as Record<string, string>,
        ...(payload !== undefined && { body: payload as string }),
      });
      return {
        statusCode: reply.status,
        headers: Object.fromEntries(reply.headers),
        body: await reply.text(),
        cookies: reply.headers.getSetCookie().map((text) => {
          const [, cookie, value] = /^([^=]+)=([^;]*)/.exec(text)!;
          const age = /Max-Age=(\d+)/.exec(text)?.[1];
          return { name: cookie!, value: value!, ...(age && { maxAge: Number(age) }) };
        }),
      };
    };
    return browser({ inject } as unknown as App, '127.0.0.1', origin);
  };

  test('pages and signing in: by a link, by it once more, by a wrong address', async () => {
    const mine = visitor();
    const away = await mine.get(`${PATH}/ME/?utm_source=x`);
    expect([away.statusCode, away.headers.location]).toEqual([308, `${PATH}/me?utm_source=x`]);
    const way = await mine.get(`${PATH}/me`);
    expect([way.statusCode, way.headers.location]).toEqual([303, `${PATH}/sign-in`]);
    await signIn(app, mine, principal.email, PATH);
    const page = await mine.get(`${PATH}/me`);
    expect([page.statusCode, page.headers['content-encoding']]).toEqual([200, 'gzip']);
    expect(page.body).toContain('<h1>Pat Principal</h1>');
    const link = new URL(/https?:\S+/.exec(app.mails.at(-1)!.text)![0]);
    expect((await mine.get(link.pathname)).headers.location).toBe(`${PATH}/me`);
    const nothing = await mine.get(`${PATH}/nope`);
    expect([nothing.statusCode, nothing.headers['content-type']]).toEqual([
      ...[404, 'text/html; charset=utf-8'],
    ]);
  });

  test('lists: each page leads to the next', async () => {
    const seen: string[] = [];
    for (let next: string | undefined = `${PATH}/v1/schools?limit=1`; next; ) {
      const reply: Response = await asAdmin(next);
      expect([reply.status, reply.headers.get('content-encoding')]).toEqual([200, 'gzip']);
      seen.push(
        ...((await reply.json()) as { data: { rcdts: string }[] }).data.map((row) => row.rcdts),
      );
      next = /^<([^>]+)>; rel="next"$/.exec(reply.headers.get('link') ?? '')?.[1];
    }
    expect(new Set(seen).size).toBe(4);
  });

  test('tags: what nginx makes of them is taken back, for reading and for writing', async () => {
    const made = await post(`${PATH}/v1/people`, { name: 'A', email: 'a@example.org' });
    const url = made.headers.get('location')!;
    const read = await asAdmin(url);
    const tag = read.headers.get('etag')!;
    expect([read.status, tag]).toEqual([200, expect.stringMatching(/^W\/"v1/)]);
    expect((await asAdmin(url, { 'if-none-match': tag })).status).toBe(304);
    const written = await post(url, { name: 'B' }, 'PATCH', { 'if-match': tag });
    expect(written.status).toBe(200);
    const late = await post(url, { name: 'C' }, 'PATCH', { 'if-match': tag });
    expect(late.status).toBe(412);
    const summary = `${PATH}/v1/tasks?limit=1`;
    const first = (await asAdmin(summary)).headers.get('etag');
    if (first !== null)
      expect((await asAdmin(summary, { 'if-none-match': first })).status).toBe(304);
  });

  test('the explorer and its document', async () => {
    const page = await (await ask(`${PATH}/docs`)).text();
    const files = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file!);
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) expect([file, (await ask(file)).status]).toEqual([file, 200]);
    const document = await ask(`${PATH}/docs/json`);
    const { servers, paths } = (await document.json()) as {
      servers: { url: string }[];
      paths: object;
    };
    expect(Object.keys(paths)).toContain('/v1/people');
    expect((await asAdmin(`${servers[0]!.url}/v1/people`)).status).toBe(200);
  });

  test('feeds', async () => {
    const made = await post(`${PATH}/v1/people/${principal.id}/feeds`, { label: 'Mine' });
    const { url } = (await made.json()) as { url: string };
    const feed = await ask(url);
    expect([feed.status, feed.headers.get('content-type')]).toEqual([
      ...[200, expect.stringContaining('text/calendar')],
    ]);
    const tag = feed.headers.get('etag');
    if (tag !== null)
      expect((await ask(url, { headers: { 'if-none-match': tag } })).status).toBe(304);
  });

  test('compressed bodies', async () => {
    const body = gzipSync(JSON.stringify({ name: 'Zip', email: 'zip@example.org' }));
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect((await asAdmin(`${PATH}/v1/people`, headers, { method: 'POST', body })).status).toBe(
      201,
    );
  });
});
