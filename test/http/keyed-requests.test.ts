import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bootstrap } from '../../src/http/authenticate.ts';
import { type Request, tryTheDoor } from '../../src/planning-years/door.ts';
import { findYears } from '../../src/planning-years/store.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { openTestYears } from '../support/years.ts';
import { expectProblem } from './problem.ts';

/** An answer that is kept for a key tells of what was written, for this request alone, for a day. */

let app: TestApp;
let ids: string[];
beforeAll(async () => {
  app = await testApp({ now: '2026-11-10T15:00:00Z' });
  ids = await openTestYears(app.ctx, 2);
});
afterAll(() => app.close());

const note = (id: string, key: string, text = 'On.') =>
  app.admin.post(`/v1/planning-years/${id}/notes`, { text }, { 'idempotency-key': key });
const notesOf = async (id: string) =>
  (await app.admin.get(`/v1/planning-years/${id}/notes`)).json().data.length;

test('the same body at another address is another request', async () => {
  const [one, other] = ids as [string, string];
  expect((await note(one, 'address')).statusCode).toBe(201);
  expectProblem(await note(other, 'address'), 422, 'idempotency-key-reused');
  expect(await notesOf(other)).toBe(0);
  const at = `/v1/planning-years/${one}/notes?dryRun=true`;
  const asked = await app.admin.post(at, { text: 'On.' }, { 'idempotency-key': 'address' });
  expect(asked.statusCode).not.toBe(201);
});

test('is answered again for a day to the minute, and not beyond', async () => {
  const [one] = ids as [string, string];
  const before = await notesOf(one);
  const first = await note(one, 'a day');
  expect(first.statusCode).toBe(400);
  const said = await note(one, 'a-day');
  for (const minutes of [24, 60, 23 * 60 + 59 - 84]) {
    app.clock.advance({ minutes });
    const again = await note(one, 'a-day');
    expect([again.statusCode, again.headers['idempotency-replayed']]).toEqual([201, 'true']);
    expect(again.body).toBe(said.body);
  }
  expect(await notesOf(one)).toBe(before + 1);
  app.clock.advance({ minutes: 1 });
  const anew = await note(one, 'a-day');
  expect([anew.statusCode, anew.headers['idempotency-replayed']]).toEqual([201, undefined]);
  expect(await notesOf(one)).toBe(before + 2);
});

test('that loses the race for its year keeps no answer, and none that was never written', async () => {
  const [one] = ids as [string, string];
  const { ctx } = app;
  const remembered = await findYears(ctx.db, [one]);
  // Somebody else writes the year meanwhile.
  expect((await note(one, 'first-to-come')).statusCode).toBe(201);
  const before = await notesOf(one);
  const claim = {
    ...{ credential: 'key:race', key: 'lost', requestHash: Buffer.alloc(32) },
    now: ctx.clock.now(),
  };
  const request: Request = {
    ...{ id: one, actor: bootstrap },
    command: { kind: 'note', task: null, links: [], note: 'Too late.' },
    answer: () => ({ claim, answer: { status: 201, headers: {}, body: '{}' } }),
  };
  expect(await tryTheDoor(ctx, ctx.db, [request], remembered)).toEqual([undefined]);
  const kept = () =>
    ctx.db.selectFrom('idempotencyKeys').select('key').where('key', '=', 'lost').execute();
  expect(await kept()).toEqual([]);
  expect(await notesOf(one)).toBe(before);

  const [outcome] = await tryTheDoor(ctx, ctx.db, [request]);
  expect(outcome?.ok).toBe(true);
  expect(await kept()).toEqual([{ key: 'lost' }]);
  expect(await notesOf(one)).toBe(before + 1);
});

test('on a year whose dates were set meanwhile begins again, and goes by these', async () => {
  const [, one] = ids as [string, string];
  const { ctx } = app;
  const remembered = await findYears(ctx.db, [one]);
  await ctx.db
    .updateTable('planningYears')
    .set({ parameters: JSON.stringify({ boardMeetingSip: '2027-06-08' }) as never })
    .where('id', '=', one)
    .execute();
  const request: Request = {
    ...{ id: one, actor: bootstrap },
    command: { kind: 'note', task: null, links: [], note: 'On.' },
  };
  expect(await tryTheDoor(ctx, ctx.db, [request], remembered)).toEqual([undefined]);
  const [outcome] = await tryTheDoor(ctx, ctx.db, [request]);
  expect(outcome).toMatchObject({
    ...{ ok: true },
    passage: { row: { parameters: { boardMeetingSip: '2027-06-08' } } },
  });
});
