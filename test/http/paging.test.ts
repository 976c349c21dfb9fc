import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type TestApp, testApp } from '../support/app.ts';
import { openTestYears } from '../support/years.ts';
import { expectProblem } from './problem.ts';

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
  for (let at = 0; at < 7; at++) await add(`first-${at}@example.org`);
});
afterAll(() => app.close());

const add = async (email: string) => {
  app.clock.advance({ minutes: 1 });
  await app.admin.post('/v1/people', { name: 'Somebody', email });
};

async function pages(url: string, between = async () => {}): Promise<string[]> {
  const emails: string[] = [];
  for (let next: string | null = url; next !== null; ) {
    const reply = await app.admin.get(next);
    emails.push(...reply.json().data.map(({ email }: { email: string }) => email));
    next = /^<(.*)>; rel="next"$/.exec(String(reply.headers.link ?? ''))?.[1] ?? null;
    expect(next === null).toBe(reply.json().nextCursor === null);
    await between();
  }
  return emails;
}

test('following the pages while others write yields each unchanged row once', async () => {
  let extra = 0;
  const emails = await pages('/v1/people?limit=2&q=example.org', async () => {
    if (extra < 3) await add(`extra-${extra++}@example.org`);
  });
  const first = emails.filter((email) => email.startsWith('first'));
  expect(first).toEqual(Array.from({ length: 7 }, (_, at) => `first-${at}@example.org`));
  expect(new Set(emails).size).toBe(emails.length);
});

test('tasks of equal dates, and without one, come once each, in order, wherever a page ends', async () => {
  await openTestYears(app.ctx, 2);
  const rows = (await app.admin.get('/v1/tasks?limit=1000')).json().data as Task[];
  const dates = rows.map(({ dueOn }) => dueOn);
  expect(dates.filter((dueOn) => dueOn === null).length).toBeGreaterThan(10);
  expect(new Set(dates).size).toBeLessThan(rows.length / 3);
  const place = ({ dueOn, id }: Task) => `${dueOn ?? '9999'} ${id}`;
  expect(rows.map(place)).toEqual(rows.map(place).toSorted());
  for (const limit of [3, 7, 50]) {
    const seen: Task[] = [];
    for (let next = `/v1/tasks?limit=${limit}`; next !== ''; ) {
      const reply = await app.admin.get(next);
      const { data, nextCursor } = reply.json();
      expect(data).toHaveLength(nextCursor === null ? data.length : limit);
      seen.push(...data);
      next = nextCursor === null ? '' : `/v1/tasks?limit=${limit}&cursor=${nextCursor}`;
      expect(seen.length).toBeLessThanOrEqual(rows.length);
    }
    expect(seen.map(place)).toEqual(rows.map(place));
  }
});

interface Task {
  id: string;
  dueOn: string | null;
}

test('the last page has no next one, also when it is full', async () => {
  const reply = await app.admin.get('/v1/people?limit=7&q=first');
  expect(reply.json().nextCursor).toBeNull();
  expect(reply.headers.link).toBeUndefined();
});

describe('is refused:', () => {
  test.each(['0', '1001', '-1', '1.5', 'ten', '', '1&limit=2'])('a limit of %j', async (limit) => {
    const document = expectProblem(await app.admin.get(`/v1/people?limit=${limit}`), 400);
    expect(document.errors?.[0]?.pointer).toBe('?limit');
  });

  test('a cursor that was not made here', async () => {
    const { nextCursor } = (await app.admin.get('/v1/people?limit=1')).json();
    const bytes = Buffer.from(nextCursor, 'base64url');
    bytes[bytes.length - 3]! ^= 1;
    for (const cursor of ['x', '%00', bytes.toString('base64url'), `${nextCursor}=`, ''])
      expectProblem(await app.admin.get(`/v1/people?limit=1&cursor=${cursor}`), 400);
  });

  test('a cursor of another list, or of other filters', async () => {
    const { nextCursor } = (await app.admin.get('/v1/people?limit=1')).json();
    expectProblem(await app.admin.get(`/v1/keys?cursor=${nextCursor}`), 400);
    expectProblem(await app.admin.get(`/v1/people?q=first&cursor=${nextCursor}`), 400);
    expect((await app.admin.get(`/v1/people?limit=3&cursor=${nextCursor}`)).statusCode).toBe(200);
  });
});
