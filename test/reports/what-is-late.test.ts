import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import { down, up } from '../../migrations/20261201T0310_what_is_late.ts';
import type { Trx } from '../../src/context.ts';
import { rebuildCounts } from '../../src/reports/rebuild.ts';
import { PROGRAM, type SmallState, smallState, YEAR } from './support/small-state.ts';

/**
 * Whatever lists or counts what is late says the same: a deadline is late after its date even while it
 * waits for something, an occasion never is, and anything else only while it can be done.
 */

interface Told {
  id: string;
  title: string;
  kind: string;
  status: string;
  dueOn: string | null;
  overdue: boolean;
}

const LATER = '2027-02-05T15:00:00Z';

let state: SmallState;
/** All of it waits, since its designation is not released any more. */
let waiting: string;
/** Of its tasks only occasions have a date. */
let attended: string;

beforeAll(async () => {
  state = await smallState();
  waiting = await state.open(state.schools[0]!);
  attended = await state.open(state.schools[4]!);
  const forced = await state.admin.post(
    `/v1/planning-years/${waiting}/events`,
    {
      type: 'force',
      data: { region: 'designation', state: 'awaiting', reason: 'The letter is withdrawn.' },
    },
    { 'if-match': '*' },
  );
  expect([forced.statusCode, forced.body]).toEqual([201, expect.any(String)]);
  const occasions = await tasks(`planningYear=${attended}&kind=occasion`);
  expect(occasions.length).toBeGreaterThan(2);
  for (const { id } of occasions) {
    const body = { dueOn: '2026-12-01', reason: 'This is its day.' };
    const reply = await state.admin.post(`/v1/tasks/${id}/extend`, body, { 'if-match': '*' });
    expect([reply.statusCode, reply.body]).toEqual([200, expect.any(String)]);
  }
  await sql`update tasks set due_on = null
    where planning_year_id = ${attended} and kind <> 'occasion'`.execute(state.ctx.db);
  state.clock.set(LATER);
});
afterAll(() => state.close());

async function read(url: string) {
  const reply = await state.admin.get(url);
  expect([url, reply.statusCode]).toEqual([url, 200]);
  return reply.json();
}
const tasks = async (query: string): Promise<Told[]> =>
  (await read(`/v1/tasks?limit=1000&${query}`)).data;
const yearsThat = async (overdue: boolean): Promise<string[]> =>
  (await read(`/v1/planning-years?limit=1000&overdue=${overdue}`)).data.map(
    ({ id }: { id: string }) => id,
  );
const overdueIn = async (district: string): Promise<number> => {
  const { groups } = await read(
    `/v1/reports/summary?program=${PROGRAM}&year=${YEAR}&groupBy=district`,
  );
  return groups.find(({ key }: { key: string }) => key === district).tasks.overdue;
};

describe('where all that is due waits', () => {
  test('the deadlines whose date has passed are late, and nothing else is', async () => {
    const all = await tasks(`planningYear=${waiting}`);
    const missed = all.filter(
      ({ kind, status, dueOn }) =>
        kind === 'deadline' && status === 'blocked' && dueOn !== null && dueOn < '2027-02-05',
    );
    expect(missed.map(({ dueOn }) => dueOn)).toEqual(['2027-01-20', '2027-01-31']);
    expect(all.filter(({ overdue }) => overdue)).toEqual(missed);
    expect(await tasks(`planningYear=${waiting}&overdue=true`)).toEqual(missed);
    const expected = all.filter(({ kind, dueOn }) => kind === 'expected' && dueOn! < '2027-02-05');
    expect(new Set(expected.map(({ status }) => status))).toContain('blocked');
    const others = await tasks(`planningYear=${waiting}&overdue=false`);
    expect(others).toHaveLength(all.length - missed.length);
    for (const { id } of missed)
      expect(await read(`/v1/tasks/${id}`)).toMatchObject({ status: 'blocked', overdue: true });
  });

  test('the planning year, its regions, the milestones and the summary count them alike', async () => {
    expect(await yearsThat(true)).toEqual([waiting]);
    const { progress, regions } = await read(`/v1/planning-years/${waiting}`);
    expect(progress.overdue).toBe(2);
    const late = Object.keys(regions).filter((key) => regions[key].overdue);
    expect(late).toEqual(['iqfsr', 'qer2']);
    const { data } = await read('/v1/reports/milestones?limit=1000&overdue=true');
    expect(data.map((row: { planningYear: string; region: string }) => row)).toEqual(
      late.map((region) => expect.objectContaining({ planningYear: waiting, region })),
    );
    expect(await overdueIn(state.schools[0]!.slice(0, 14))).toBe(2);
  });
});

describe('an occasion whose day has passed', () => {
  test('is late nowhere', async () => {
    const past = await tasks(`planningYear=${attended}&kind=occasion`);
    expect(past.filter(({ status }) => status === 'open').length).toBeGreaterThan(0);
    for (const each of past) expect(each).toMatchObject({ dueOn: '2026-12-01', overdue: false });
    expect(await tasks(`planningYear=${attended}&overdue=true`)).toEqual([]);
    expect(await yearsThat(false)).toEqual([attended]);
    const { data } = await read(
      `/v1/reports/milestones?limit=1000&school=${state.schools[4]}&overdue=true`,
    );
    expect(data).toEqual([]);
    expect(await overdueIn(state.schools[4]!.slice(0, 14))).toBe(0);
  });
});

test('the counts that are kept follow the rule there and back again', async () => {
  const { db } = state.ctx;
  const late = await db
    .selectFrom('tasks')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('kind', '=', 'occasion')
    .where('status', '=', 'open')
    .executeTakeFirstOrThrow();
  expect(Number(late.n)).toBeGreaterThan(0);
  const undone = new Error('Only to look.');
  const look = db.transaction().execute(async (trx) => {
    const one = trx as unknown as Kysely<unknown>;
    expect(await rebuildCounts(trx)).toEqual([]);
    await down(one);
    expect(await countedOn(trx, 'blocked')).toBe(0);
    expect(await rebuildCounts(trx)).toEqual([]);
    await up(one);
    expect(await countedOn(trx, 'blocked')).toBeGreaterThan(0);
    expect(await rebuildCounts(trx)).toEqual([]);
    throw undone;
  });
  await expect(look).rejects.toBe(undone);
});

/** How many tasks of a status are counted under a date. */
async function countedOn(trx: Trx, status: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select coalesce(sum(n::int), 0)::int as n
    from (select counts from kept_counts where district_code = ''
      union all select counts from count_deltas) c, jsonb_each_text(counts) as k (key, n)
    where key ~ ${`^task \\S+ ${status} \\d{4}-`}`.execute(trx);
  return rows[0]!.n;
}
