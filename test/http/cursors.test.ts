import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildApp } from '../../src/app.ts';
import { newId } from '../../src/ids.ts';
import { csvOf, directoryFile } from '../schools/directory-file.ts';
import { clientOf, type TestApp, testApp } from '../support/app.ts';
import { openTestYears } from '../support/years.ts';
import { expectProblem } from './problem.ts';

/** Cursors are taken from nobody but ourselves, on every list there is. */
let app: TestApp;
let years: string[];
let lists: { url: string; parameter: string }[];
beforeAll(async () => {
  app = await testApp();
  years = await openTestYears(app.ctx, 3);
  await app.admin.csv('/v1/imports/schools', csvOf(directoryFile(25, 5)));
  const person = (await app.admin.post('/v1/people', { name: 'A', email: 'a@example.org' })).json();
  await app.admin.post('/v1/people', { name: 'B', email: 'b@example.org' });
  const samples: Record<string, string> = {
    '/v1/planning-years/': years[0]!,
    '/v1/people/': person.id,
    '/v1/programs/': app.ctx.programs.all[0]!.id,
  };
  const { paths } = app.app.swagger() as unknown as {
    paths: Record<
      string,
      { get?: { parameters?: { name: string; in: string; required?: boolean }[] } }
    >;
  };
  lists = Object.entries(paths).flatMap(([path, { get }]) => {
    const query = (get?.parameters ?? []).filter((parameter) => parameter.in === 'query');
    const place = query.find(
      ({ name }) => name === 'cursor' || (name === 'since' && path === '/v1/changes'),
    );
    if (!place) return [];
    const url = path.replace(/\{[^}]+\}/, (_, at: number) => samples[path.slice(0, at)] ?? SCHOOL);
    const dates = query.some(({ name }) => name === 'from') ? 'from=2026-11-23&to=2026-11-24&' : '';
    return [{ url: `${url}?${path.includes('preview') ? dates : ''}`, parameter: place.name }];
  });
});
afterAll(() => app.close());
const SCHOOL = directoryFile(25, 5)[0]![0]!;

/** Keys that no list has, and that a database would choke on. */
const KEYS = [
  ...['\0', '\ud800', "'", 'x', 1e300, -1, null, [], {}, [1, 2], ['\0', '\0', '\0', 1]],
  { dueOn: '9999-99-99', id: '\0' },
  { kind: '\0', code: '\0' },
  { on: '2026-11-23', person: '\0', mail: 0 },
  { organization: '\0', planningYear: '\0', role: '\0' },
  { database: '\0', transaction: '9'.repeat(40), id: null },
];

/** As the release before made them, which anybody could. */
function unsigned(key: unknown, list: string): string {
  const text = Buffer.from(JSON.stringify(key));
  const digest = createHash('sha256').update(`cursor\0${list}\0`).update(text).digest();
  return Buffer.concat([digest.subarray(0, 12), text]).toString('base64url');
}

function guessed(key: unknown, list: string): string {
  const text = Buffer.from(JSON.stringify(key));
  const digest = createHmac('sha256', '').update(`${list}\0`).update(text).digest();
  return Buffer.concat([digest.subarray(0, 16), text]).toString('base64url');
}

test('a cursor that was not made here is refused on every list', async () => {
  expect(lists.length).toBeGreaterThan(18);
  for (const { url, parameter } of lists) {
    const whole = await app.admin.get(url);
    expect([url, whole.statusCode]).toEqual([url, 200]);
    const path = url.split('?')[0]!;
    const filters = { by: 'effective' };
    const named = [
      JSON.stringify([path, {}, {}]),
      JSON.stringify([path, {}, filters]),
      'changes',
      '',
    ];
    const cursors = [
      ...KEYS.flatMap((key) => named.flatMap((list) => [unsigned(key, list), guessed(key, list)])),
      ...[
        'x',
        'A'.repeat(21),
        'A'.repeat(22),
        'A'.repeat(23),
        'A'.repeat(2_000),
        '%00',
        '%ff',
        '%0A',
      ],
      ...['AAAA%3D', '../..', 'null', '{}'],
    ];
    for (const cursor of cursors) {
      const reply = await app.admin.get(`${url}${parameter}=${cursor}`);
      expect([url, cursor, reply.statusCode]).toEqual([url, cursor, 400]);
    }
  }
});

describe('a cursor that was made here', () => {
  const people = '/v1/people?limit=1';
  const cursorOf = async (url: string) => (await app.admin.get(url)).json().nextCursor as string;

  test('is refused once a single bit of it is another', async () => {
    const cursor = await cursorOf(people);
    const bytes = Buffer.from(cursor, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const forged = Buffer.from(bytes);
      forged[bit >> 3]! ^= 1 << (bit & 7);
      expectProblem(await app.admin.get(`${people}&cursor=${forged.toString('base64url')}`), 400);
    }
    for (let length = 1; length < cursor.length; length += 1)
      expectProblem(await app.admin.get(`${people}&cursor=${cursor.slice(0, length)}`), 400);
  });

  test('is refused on every other list, and on the same with other filters or about another thing', async () => {
    const cursor = await cursorOf(people);
    for (const { url, parameter } of lists.filter((list) => list.url !== '/v1/people?'))
      expectProblem(await app.admin.get(`${url}${parameter}=${cursor}`), 400);
    expectProblem(await app.admin.get(`${people}&q=a&cursor=${cursor}`), 400);
    const [first, second] = years;
    const log = (id: string) => `/v1/planning-years/${id}/events?limit=1`;
    await app.admin.post(`/v1/planning-years/${first}/notes`, { text: 'x' });
    const ofOne = await cursorOf(log(first!));
    expect((await app.admin.get(`${log(first!)}&cursor=${ofOne}`)).statusCode).toBe(200);
    expectProblem(await app.admin.get(`${log(second!)}&cursor=${ofOne}`), 400);
  });

  test('is good with another server of the same installation, and with no other installation', async () => {
    const cursor = await cursorOf(people);
    const other = await buildApp(app.ctx);
    const twin = clientOf(other, app.adminKey);
    const page = await app.admin.get(`${people}&cursor=${cursor}`);
    expect((await twin.get(`${people}&cursor=${cursor}`)).json().data).toEqual(page.json().data);
    await other.close();
    const elsewhere = await testApp();
    const at = new Date(app.ctx.clock.now());
    await elsewhere.ctx.db
      .insertInto('people')
      .values(
        ['a', 'b'].map((name) => ({
          ...{ id: newId(at), name, email: `${name}@example.org` },
          ...{ demo: false, version: 1, createdAt: at },
        })),
      )
      .execute();
    expectProblem(await elsewhere.admin.get(`${people}&cursor=${cursor}`), 400);
    await elsewhere.close();
  });
});

test('a directory is read to its end page by page', async () => {
  const seen: string[] = [];
  for (let next: string | null = '/v1/schools?limit=4'; next !== null; ) {
    const reply = await app.admin.get(next);
    seen.push(...reply.json().data.map(({ rcdts }: { rcdts: string }) => rcdts));
    next = /^<(.*)>; rel="next"$/.exec(String(reply.headers.link ?? ''))?.[1] ?? null;
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.length).toBeGreaterThanOrEqual(25);
});
