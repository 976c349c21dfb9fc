import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { preferredType } from '../../src/http/accept.ts';
import { usualLimits } from '../../src/http/callers.ts';
import { BOOTSTRAP_KEY, type Client, type TestApp, testApp } from '../support/app.ts';
import { expectProblem } from './problem.ts';

describe('too many requests', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ limits: { perKey: 3, perAddress: 2 } });
  });
  afterAll(() => app.close());

  const statuses = async (client: Client, path: string, times: number) => {
    const replies = [];
    for (let at = 0; at < times; at++) replies.push(await client.get(path));
    return { replies, statuses: replies.map(({ statusCode }) => statusCode) };
  };

  test('of one key are put off, and other keys are not', async () => {
    const { replies, statuses: seen } = await statuses(app.admin, '/v1/people', 4);
    expect(seen).toEqual([200, 200, 200, 429]);
    expectProblem(replies[3]!, 429, 'too-many-requests');
    expect(Number(replies[3]!.headers['retry-after'])).toBeGreaterThan(0);
    const other = app.as(await app.keyFor({}));
    expect((await other.get('/v1/schools')).statusCode).toBe(200);
  });

  test('without a valid key are counted by address', async () => {
    const guessing = await statuses(app.as('py_guess'), '/v1/people', 3);
    expect(guessing.statuses).toEqual([401, 401, 429]);
  });

  test('never hold back the key of the settings, or probes', async () => {
    const setUp = await statuses(app.as(BOOTSTRAP_KEY), '/v1/people', 10);
    const probes = await statuses(app.as(null), '/livez', 10);
    expect(new Set([...setUp.statuses, ...probes.statuses])).toEqual(new Set([200]));
  });
});

test('a key may make at least a hundred requests a second', () => {
  expect(usualLimits.perKey / 10).toBeGreaterThanOrEqual(100);
});

describe('the type of a reply', () => {
  const offers = ['application/json', 'text/csv'];

  test.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['text/csv', 'text/csv'],
    ['text/*;q=0.5, application/json;q=0.4', 'text/csv'],
    ['application/json;q=0.1, */*', 'text/csv'],
    ['TEXT/CSV; q=1', 'text/csv'],
  ])('Accept: %s gives %s', (accept, type) => {
    expect(preferredType(accept, offers)).toBe(type);
  });

  test.each(['image/png', 'text/csv;q=0, application/json;q=0', 'nonsense'])(
    'Accept: %s can’t be met',
    (accept) => expect(() => preferredType(accept, offers)).toThrow('Accept one of them'),
  );
});
