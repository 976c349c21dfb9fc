import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { type TestApp, testApp } from '../support/app.ts';
import { openTestYears } from '../support/years.ts';

/** Pages of tasks, of which many are due on one day and many on none. */

let app: TestApp;
beforeAll(async () => {
  app = await testApp({ now: '2026-10-20T15:00:00Z' });
  await openTestYears(app.ctx, 1);
  // A third on one day, a third on another, a third without one.
  await sql`
    update tasks set due_on = case position % 3
      when 0 then date '2026-11-30' when 1 then date '2026-12-15' end`.execute(app.ctx.db);
});
afterAll(() => app.close());

interface Listed {
  id: string;
  dueOn: string | null;
}

async function pages(limit: number): Promise<Listed[]> {
  const all: Listed[] = [];
  for (let cursor = ''; ; ) {
    const { data, nextCursor } = (
      await app.admin.get(`/v1/tasks?limit=${limit}${cursor && `&cursor=${cursor}`}`)
    ).json();
    all.push(...data);
    if (nextCursor === null) return all;
    cursor = encodeURIComponent(nextCursor);
  }
}

test.each([1, 2, 7, 50])(
  'of %i hold each task once, in the order of the whole list',
  async (limit) => {
    const whole = await pages(1000);
    expect(whole.length).toBeGreaterThan(100);
    expect(whole.filter(({ dueOn }) => dueOn === null).length).toBeGreaterThan(30);
    const found = await pages(limit);
    expect(found.map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
    expect(new Set(found.map(({ id }) => id)).size).toBe(whole.length);
  },
);

test('the earliest come first, those of one day by their ids, and those of none last', async () => {
  const whole = await pages(1000);
  const key = ({ dueOn, id }: Listed) => `${dueOn ?? '9999-12-31'} ${id}`;
  expect(whole.map(key)).toEqual(whole.map(key).toSorted());
});
