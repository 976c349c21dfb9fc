import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type TestApp, testApp } from '../support/app.ts';
import { textsDuring } from '../support/statements.ts';
import { openTestYears } from '../support/years.ts';
import { expectProblem } from './problem.ts';

/** What somebody without a key does costs nobody else anything. */
let app: TestApp;
let year: string;
let operations: { method: string; path: string }[];
beforeAll(async () => {
  app = await testApp({ limits: { perKey: 1e9, perAddress: 60 } });
  [year] = (await openTestYears(app.ctx, 1)) as [string];
  const { paths } = app.app.swagger() as unknown as {
    paths: Record<string, Record<string, { security?: [] }>>;
  };
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { security }]) => security?.length !== 0)
      .map(([method]) => ({ method: method.toUpperCase(), path })),
  );
});
afterAll(() => app.close());

let address = 0;
beforeEach(() => {
  address += 1;
});

const ask = (url: string, key: string | null, more: { method?: string; from?: string } = {}) =>
  app.app.inject({
    method: (more.method ?? 'GET') as 'GET',
    url,
    remoteAddress: more.from ?? `203.0.113.${address}`,
    headers: key === null ? {} : { authorization: `Bearer ${key}` },
  });

const HOSTILE = [
  '/v1/reports/summary?year=%00',
  '/v1/reports/summary?year=%ED%A0%80&groupBy=month',
  '/v1/reports/summary?program=%00',
  '/v1/reports/summary?program=a&program=b&year=a&year=b',
  `/v1/reports/summary?year=${'x'.repeat(9_000)}`,
  '/v1/tasks?planningYear=%00',
  "/v1/tasks?planningYear=019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071'",
  '/v1/tasks/%00',
  '/v1/tasks/{1,2}/notes',
  '/v1/planning-years/%00',
  '/v1/planning-years/%ff',
];

test('names that no database takes, sent without a key, make nobody else’s request fail', async () => {
  const good = [
    '/v1/reports/summary',
    `/v1/tasks?planningYear=${year}`,
    `/v1/planning-years/${year}`,
  ];
  for (const key of [null, 'anything', 'py_\u0000'.slice(0, 3)]) {
    const replies = await Promise.all(
      HOSTILE.flatMap((url, at) => [
        ask(url, key, { from: `198.51.100.${at}` }),
        ...good.map((own) => app.admin.get(own)),
      ]),
    );
    const statuses = replies.map(({ statusCode }) => statusCode);
    expect(statuses).toEqual(HOSTILE.flatMap(() => [401, 200, 200, 200]));
  }
});

test('the same from somebody with a key is refused, and makes nobody else’s request fail', async () => {
  const replies = await Promise.all(
    HOSTILE.flatMap((url) => [app.admin.get(url), app.admin.get(`/v1/tasks?planningYear=${year}`)]),
  );
  for (const [at, { statusCode }] of replies.entries())
    if (at % 2 === 1) expect(statusCode).toBe(200);
    else expect([HOSTILE[at / 2], statusCode < 500]).toEqual([HOSTILE[at / 2], true]);
});

describe('of the database', () => {
  test('nothing is asked for whoever has no key, on any route', async () => {
    const texts = await textsDuring(async () => {
      for (const [at, { method, path }] of operations.entries())
        expectProblem(
          await ask(path.replace(/\{[^}]+\}/g, year), null, {
            method,
            from: `192.0.2.${at % 250}`,
          }),
          401,
        );
    });
    expect(texts).toEqual([]);
  });

  test('nothing but the key is asked for whoever has a wrong one, on any route', async () => {
    const texts = await textsDuring(async () => {
      for (const [at, { method, path }] of operations.entries())
        expectProblem(
          await ask(path.replace(/\{[^}]+\}/g, year), `py_wrong_${at}`, {
            ...{ method, from: `192.0.2.${at % 250}` },
          }),
          401,
        );
    });
    // What was refused is written down later, for all of a moment at once.
    const asked = texts.filter((text) => !text.startsWith('insert into "audit_entries"'));
    expect(asked.length).toBe(operations.length);
    expect(asked.filter((text) => !/from api_keys k/.test(text))).toEqual([]);
    expect(asked.filter((text) => /union all/.test(text))).toEqual([]);
  });

  test('a key that was good and is revoked is refused, and is nobody’s from then on', async () => {
    const key = await app.keyFor({ label: 'soon revoked' });
    expect((await ask(`/v1/planning-years/${year}`, key)).statusCode).toBe(200);
    await app.ctx.db
      .updateTable('apiKeys')
      .set({ revokedAt: app.clock.now() })
      .where('label', '=', 'soon revoked')
      .execute();
    expectProblem(await ask(`/v1/planning-years/${year}`, key), 401);
    const texts = await textsDuring(async () => {
      expectProblem(await ask(`/v1/planning-years/${year}`, key), 401);
    });
    expect(texts.filter((text) => /planning_years y join|union all/.test(text))).toEqual([]);
  });
});

describe('an address from which too many strangers come', () => {
  const flood = (times: number) =>
    Promise.all(Array.from({ length: times }, (_, n) => ask('/v1/schools', `py_guess_${n}`)));

  test('is put off before anything is asked for it, however many come at once', async () => {
    let statuses: number[] = [];
    const texts = await textsDuring(async () => {
      statuses = (await flood(200)).map(({ statusCode }) => statusCode);
    });
    expect(statuses.filter((status) => status === 401)).toHaveLength(60);
    expect(statuses.filter((status) => status === 429)).toHaveLength(140);
    expect(texts.length).toBeLessThanOrEqual(60);
  });

  test('puts off nobody who was let in from there a moment ago', async () => {
    const key = await app.keyFor({});
    expect((await ask('/v1/schools', key)).statusCode).toBe(200);
    await flood(100);
    expect((await ask('/v1/schools', key)).statusCode).toBe(200);
    const replies = await Promise.all(Array.from({ length: 100 }, () => ask('/v1/schools', key)));
    expect(new Set(replies.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  });

  test('is not filled by those who are let in', async () => {
    const keys = await Promise.all(Array.from({ length: 70 }, () => app.keyFor({})));
    for (const key of keys) expect((await ask('/v1/schools', key)).statusCode).toBe(200);
    expectProblem(await ask('/v1/schools', null), 401);
  });
});

test('probes of one moment ask the database once', async () => {
  const texts = await textsDuring(async () => {
    const replies = await Promise.all(Array.from({ length: 50 }, () => ask('/readyz', null)));
    expect(new Set(replies.map(({ statusCode }) => statusCode)).size).toBe(1);
  });
  expect(texts.filter((text) => text.startsWith('insert into "heartbeats"'))).toHaveLength(1);
});
