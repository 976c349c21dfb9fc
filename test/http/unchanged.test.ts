import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type TestApp, testApp } from '../support/app.ts';
import { openTestYears } from '../support/years.ts';

/** Over a real connection: what is injected never comes by the server's front. */
let api: TestApp;
let base: string;
let url: string;
let key: string;

beforeAll(async () => {
  api = await testApp({ now: '2026-11-10T15:00:00Z', limits: { perKey: 30, perAddress: 1e9 } });
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  base = `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`;
  const [id] = await openTestYears(api.ctx, 1);
  url = `/v1/planning-years/${id}`;
});
beforeEach(async () => {
  key = await api.keyFor({});
});
afterAll(() => api.close());

const get = (headers: Record<string, string> = {}, by = key) =>
  fetch(base + url, { headers: { authorization: `Bearer ${by}`, ...headers } });

/** The tag of what the key's holder has read twice, so that it is kept. */
async function known(): Promise<string> {
  await get();
  return (await get()).headers.get('etag')!;
}

const counted = async (status: string): Promise<number> => {
  const text = await (await fetch(`${base}/metrics`)).text();
  const line = new RegExp(
    `http_request_duration_seconds_count\\{method="GET",route="/v1/planning-years/:id",status="${status}"\\} (\\d+)`,
  );
  return Number(line.exec(text)?.[1] ?? 0);
};

describe('whoever has the latest answer', () => {
  test('is told that it is unchanged, with its tag and without a body, and is counted', async () => {
    const etag = await known();
    const before = await counted('304');
    for (const header of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const reply = await get({ 'if-none-match': header });
      expect([reply.status, reply.headers.get('etag'), await reply.text()]).toEqual([
        304,
        etag,
        '',
      ]);
      expect(reply.headers.get('cache-control')).toBe('private, no-cache');
      expect(reply.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(await counted('304')).toBe(before + 4);
  });

  test('gets the new one once the year has changed', async () => {
    const etag = await known();
    const year = (await (await get()).json()) as {
      possibleEvents: { type: string; example?: unknown }[];
    };
    const { type, example } = year.possibleEvents[0]!;
    const body = { type, ...(example !== undefined && { data: example }) };
    const moved = await api.admin.post(`${url}/events`, body, { 'if-match': '*' });
    expect(moved.statusCode).toBe(201);
    const reply = await get({ 'if-none-match': etag });
    expect(reply.status).toBe(200);
    expect(reply.headers.get('etag')).not.toBe(etag);
  });

  test('gets a new one on the next day', async () => {
    const etag = await known();
    api.clock.set('2026-11-11T15:00:00Z');
    expect((await get({ 'if-none-match': etag })).status).toBe(200);
    api.clock.set('2026-11-10T15:00:00Z');
  });

  test('is refused with a key that is unknown, or was revoked', async () => {
    const etag = await known();
    expect((await get({ 'if-none-match': etag }, 'py_unknown')).status).toBe(401);
    const keys = (await api.admin.get('/v1/keys?limit=1000')).json().data;
    const own = keys.find(({ prefix }: { prefix: string }) => key.startsWith(prefix));
    await api.admin.delete(`/v1/keys/${own.id}`, { 'if-match': '*' });
    expect((await get({ 'if-none-match': etag })).status).toBe(401);
  });

  test('is refused what lies out of reach, whatever tag is sent', async () => {
    const etag = await known();
    const stranger = await api.keyFor({ scope: { districts: ['98-902-0020-04'] } });
    expect((await get({ 'if-none-match': etag }, stranger)).status).toBe(404);
    expect((await get({ 'if-none-match': '*' }, stranger)).status).toBe(404);
  });

  test('counts against the limit of the key', async () => {
    const etag = await known();
    const statuses = [];
    for (let at = 0; at < 29; at += 1) statuses.push((await get({ 'if-none-match': etag })).status);
    expect(statuses.slice(0, 28)).toEqual(Array.from({ length: 28 }, () => 304));
    expect(statuses[28]).toBe(429);
  });

  test('is told of a tag that is none', async () => {
    await known();
    expect((await get({ 'if-none-match': 'none' })).status).toBe(400);
  });
});
