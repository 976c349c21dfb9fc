import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Trx } from '../../src/context.ts';
import { leavesNothing } from '../../src/db/leaves-nothing.ts';
import { takenBack } from '../../src/db/taken-back.ts';
import { ConflictError } from '../../src/errors.ts';
import { bootstrap } from '../../src/http/authenticate.ts';
import { throughTheDoor } from '../../src/planning-years/door.ts';
import { previewDigests } from '../../src/reminders/preview.ts';
import { expectProblem } from '../http/problem.ts';
import type { Client } from '../support/app.ts';
import { testApp } from '../support/app.ts';
import { createTestDatabase } from '../support/database.ts';
import { someoneWaits } from '../support/locks.ts';
import { until } from '../support/until.ts';
import { vendorKey } from '../support/vendor.ts';
import { DISTRICTS, dice, oneOf, type SmallState, smallState } from './support/small-state.ts';

interface Change {
  planningYear: string;
  school: string;
  version: number;
  changedAt: string;
}

let state: SmallState;
const ids: string[] = [];

beforeAll(async () => {
  state = await smallState();
  for (const school of state.schools) ids.push(await state.open(school));
});
afterAll(() => state.close());

async function poll(client: Client, since: string | null, limit = 100) {
  const from = since === null ? '' : `&since=${encodeURIComponent(since)}`;
  const reply = await client.get(`/v1/changes?limit=${limit}${from}`);
  if (reply.statusCode !== 200) throw new Error(reply.body);
  return reply.json() as { data: Change[]; nextCursor: string };
}

/** Waits until every transaction has ended that holds back what has been written so far. */
async function settled(): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ settled: boolean }>`
      select max(changed_in) < pg_snapshot_xmin(pg_current_snapshot()) as settled
      from planning_years`.execute(state.ctx.db);
    if (rows[0]?.settled) return;
    await sleep(2);
  }
}

/** Everything from a cursor on, until nothing more comes. */
async function drained(client: Client, since: string | null, limit: number) {
  await settled();
  const all: Change[] = [];
  for (let from = since; ; ) {
    const { data, nextCursor } = await poll(client, from, limit);
    all.push(...data);
    from = nextCursor;
    if (data.length < limit) return { all, cursor: from };
  }
}

/** Ticks or unticks a task in a transaction that stays open for a while. */
const change = (id: string, holdFor: number, task = 'dec-5/slt/1') =>
  state.ctx.db.transaction().execute(async (trx) => {
    await sql`select pg_current_xact_id()`.execute(trx);
    await sleep(holdFor * 2);
    const year = await trx
      .selectFrom('planningYears')
      .select('state')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    const kind = task in (year.state as { done: object }).done ? 'reopen' : 'complete';
    await throughTheDoor(
      state.ctx,
      trx,
      id,
      { kind, task, evidence: [], reason: 'Again.' },
      bootstrap,
    );
    await sleep(holdFor);
  });

describe('the feed of changes', () => {
  test('without a cursor tells every year once, page by page', async () => {
    const { all, cursor } = await drained(state.admin, null, 5);
    expect(all.map(({ planningYear }) => planningYear).toSorted()).toEqual(ids.toSorted());
    expect(all[0]).toEqual({
      planningYear: ids[0],
      program: 'isbe-comprehensive',
      year: '2026-27',
      school: state.schools[0],
      district: DISTRICTS[0],
      version: 1,
      status: 'active',
      changedAt: '2026-11-10T15:00:00.000Z',
    });
    expect((await poll(state.admin, cursor)).data).toEqual([]);
  });

  test('then tells what changes, each time that it does, and nothing else', async () => {
    let { cursor } = await drained(state.admin, null, 100);
    for (let round = 0; round < 3; round += 1) {
      await change(ids[4]!, 0);
      const { all, cursor: next } = await drained(state.admin, cursor, 100);
      expect(all.map(({ planningYear }) => planningYear)).toEqual([ids[4]]);
      cursor = next;
    }
  });

  test('also when a correction changes dates alone, and not when only the clock was looked at', async () => {
    let { cursor } = await drained(state.admin, null, 100);
    const reply = await state.admin.get('/v1/programs/isbe-comprehensive/years/2026-27/parameters');
    await sql`update planning_years set clock_on = clock_on + 1 where id = ${ids[0]}`.execute(
      state.ctx.db,
    );
    expect((await poll(state.admin, cursor)).data).toEqual([]);
    state.clock.advance({ minutes: 1 });
    await state.app.inject({
      method: 'PUT',
      url: '/v1/programs/isbe-comprehensive/years/2026-27/parameters',
      headers: {
        authorization: `Bearer ${state.adminKey}`,
        'if-match': String(reply.headers.etag),
      },
      payload: { program: { planningGrantDue: '2026-12-18' } },
    });
    const { all, cursor: next } = await drained(state.admin, cursor, 100);
    expect(all).toHaveLength(ids.length);
    cursor = next;
    expect((await poll(state.admin, cursor)).data).toEqual([]);
  });

  test('waits for who may still write, and not for who changes nothing', async () => {
    const { db } = state.ctx;
    const { cursor } = await drained(state.admin, null, 100);
    let finish = () => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const began: Promise<void>[] = [];
    const inside = (act: (trx: Trx) => Promise<unknown>) => {
      const begun = Promise.withResolvers<void>();
      began.push(begun.promise);
      return async (trx: Trx) => {
        await act(trx);
        begun.resolve();
        await held;
      };
    };
    const preview = db.transaction().execute(
      inside(async (trx) => {
        await leavesNothing(trx);
        await sql`create temp table played (a int) on commit drop; insert into played values (1)`.execute(
          trx,
        );
      }),
    );
    const dryRun = takenBack(
      db,
      inside((trx) =>
        throughTheDoor(
          state.ctx,
          trx,
          ids[0]!,
          { kind: 'complete', task: 'nov-1/slt/1', evidence: [] },
          bootstrap,
        ),
      ),
    );
    await Promise.all(began);
    await change(ids[1]!, 0);
    const told = await poll(state.admin, cursor);
    expect(told.data.map(({ planningYear }) => planningYear)).toEqual([ids[1]]);

    const writer = db
      .transaction()
      .execute(inside((trx) => sql`select pg_current_xact_id()`.execute(trx)));
    await Promise.all(began);
    await change(ids[2]!, 0);
    expect((await poll(state.admin, told.nextCursor)).data).toEqual([]);
    finish();
    await Promise.all([preview, dryRun, writer]);
    const last = await drained(state.admin, told.nextCursor, 100);
    expect(last.all.map(({ planningYear }) => planningYear)).toEqual([ids[2]]);
  });

  test('tells of a change while mails are previewed', async () => {
    const { db } = state.ctx;
    const { cursor } = await drained(state.admin, null, 100);
    const { promise, resolve: letItEnd } = Promise.withResolvers<void>();
    const lock = db.transaction().execute(async (trx) => {
      await leavesNothing(trx);
      // The preview reads this table, and nothing else here does.
      await sql`lock table suppressions in access exclusive mode`.execute(trx);
      await promise;
    });
    const preview = previewDigests(state.ctx, bootstrap, '2026-11-10', '2027-01-10');
    await until(() => someoneWaits(db));
    await change(ids[3]!, 0);
    const told = async () =>
      (await poll(state.admin, cursor)).data.map(({ planningYear }) => planningYear);
    // The use of a key is noted by a transaction of its own, which may be at it.
    await until(async () => (await told()).length > 0);
    expect(await told()).toEqual([ids[3]]);
    letItEnd();
    await Promise.all([lock, preview]);
  });

  test('waits for no transaction of another database of the server', async () => {
    const { cursor } = await drained(state.admin, null, 100);
    const other = await createTestDatabase();
    await other.db.transaction().execute(async (trx) => {
      await sql`select pg_current_xact_id()`.execute(trx);
      await change(ids[4]!, 0);
      await until(async () => (await poll(state.admin, cursor)).data.length > 0);
    });
    await other.drop();
  });

  test('misses no change of writers who hold their transactions open as long as they like', async () => {
    const roll = dice(11);
    let writing = true;
    let previewing = true;
    const seen = new Map<string, string[]>();
    const { cursor: start } = await drained(state.admin, null, 100);
    const heads = async () => {
      const rows = await state.ctx.db
        .selectFrom('planningYears')
        .select(['id', 'headSeq', 'updatedAt'])
        .execute();
      return new Map(rows.map((row) => [row.id, row.updatedAt.toISOString()]));
    };
    const before = await heads();
    const reader = (async () => {
      for (let cursor = start, last = false; ; ) {
        const { data, nextCursor } = await poll(state.admin, cursor, 3);
        for (const one of data)
          seen.set(one.planningYear, [...(seen.get(one.planningYear) ?? []), one.changedAt]);
        cursor = nextCursor;
        if (last && data.length === 0) return;
        last = !writing;
        await sleep(1);
      }
    })();
    const written = new Set<string>();
    const writer = async () => {
      for (let n = 0; n < 30; n += 1) {
        const id = oneOf(ids, roll);
        // Each change has a time of its own by which it is known again.
        state.clock.advance({ minutes: 1 });
        const task = oneOf(['dec-5/slt/1', 'may-2/district/1', 'nov-1/slt/1'], roll);
        try {
          await change(id, Math.floor(roll() ** 3 * 25), task);
          written.add(id);
        } catch (error) {
          // Another writer has ticked it meanwhile.
          if (!(error instanceof ConflictError)) throw error;
        }
      }
    };
    const previewer = async () => {
      while (previewing)
        await takenBack(state.ctx.db, (trx) => sql`select pg_current_xact_id()`.execute(trx));
    };
    const previews = [previewer(), previewer()];
    await Promise.all(Array.from({ length: 8 }, writer));
    previewing = false;
    await Promise.all(previews);
    await settled();
    writing = false;
    await reader;
    const after = await heads();
    expect([...written].toSorted()).toEqual(ids.toSorted());
    for (const id of ids) {
      const told = seen.get(id) ?? [];
      expect(after.get(id)).not.toBe(before.get(id));
      expect(told.at(-1)).toBe(after.get(id));
      expect(new Set(told).size).toBe(told.length);
    }
    const times = [...seen.values()].reduce((sum, told) => sum + told.length, 0);
    expect(times).toBeGreaterThan(ids.length * 3);
  });

  test('tells a key of one district of its schools alone, and lets its cursor go on', async () => {
    const key = await state.keyFor({ role: 'district', scope: { districts: [DISTRICTS[1]!] } });
    const local = state.as(key);
    const { all, cursor } = await drained(local, null, 2);
    expect(all.map(({ school }) => school).toSorted()).toEqual(state.schools.slice(4, 8));
    await change(ids[0]!, 0);
    await settled();
    const next = await poll(local, cursor);
    expect(next.data).toEqual([]);
    await change(ids[5]!, 0);
    await settled();
    expect((await poll(local, next.nextCursor)).data).toMatchObject([{ planningYear: ids[5] }]);
  });
});

describe('a cursor of the feed', () => {
  test('of another database is refused: there it would skip what happened', async () => {
    const other = await testApp();
    try {
      const { nextCursor } = await poll(other.admin, null);
      const reply = await state.admin.get(`/v1/changes?since=${nextCursor}`);
      const { detail } = expectProblem(reply, 410, 'cursor-expired');
      expect(detail).toMatch(/call without since/);
    } finally {
      await other.close();
    }
  });

  test('that was not made here, or for something else: 400', async () => {
    expectProblem(await state.admin.get('/v1/changes?since=abc'), 400, 'invalid-input');
    const { nextCursor } = (await state.admin.get('/v1/planning-years?limit=1')).json();
    const { errors } = expectProblem(await state.admin.get(`/v1/changes?since=${nextCursor}`), 400);
    expect(errors?.[0]?.pointer).toBe('?since');
  });

  test('is for no vendor', async () => {
    const vendor = state.as(await vendorKey(state, ids[0]!));
    expectProblem(await vendor.get('/v1/changes'), 403);
  });
});
