import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { pino } from 'pino';
import { actorWith } from '../../src/actor.ts';
import { firstBreak } from '../../src/planning-years/chain.ts';
import { advanceDue } from '../../src/planning-years/clock-scan.ts';
import type { Command } from '../../src/planning-years/decide.ts';
import { throughTheDoor } from '../../src/planning-years/door.ts';
import { openYears } from '../../src/planning-years/open.ts';
import { setParameters } from '../../src/planning-years/parameters.ts';
import { rebuild } from '../../src/planning-years/rebuild.ts';
import { replay } from '../../src/planning-years/state.ts';
import { findYear, readLog } from '../../src/planning-years/store.ts';
import { together } from '../../src/planning-years/together.ts';
import { loadPrograms } from '../../src/programs/load.ts';
import { daysAfter } from '../../src/programs/today.ts';
import { testClock } from '../support/clock.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const DISTRICT = '98-901-0010-26';
const state = actorWith('test', {
  kind: 'state',
  role: 'administrator',
  program: null,
  scope: { all: true },
});

let database: TestDatabase;
let ctx: Parameters<typeof advanceDue>[0] & { clock: ReturnType<typeof testClock> };
let schools = 0;
const jobs: unknown[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  const programs = await loadPrograms();
  ctx = {
    db,
    programs,
    clock: testClock('2026-10-15T15:00:00Z'),
    log: pino({ level: 'silent' }),
    queue: {
      send: async (_trx, name, payloads) => void jobs.push(...payloads.map((one) => [name, one])),
      work: async () => {},
      stop: async () => {},
    },
  };
  await db.insertInto('districts').values({ code: DISTRICT, name: 'D', demo: false }).execute();
});
afterAll(() => database.drop());

/** Opens a year of its own for a test, on Oct 15. */
async function opened(demo = false): Promise<string> {
  ctx.clock.set('2026-10-15T15:00:00Z');
  schools += 1;
  const code = `${DISTRICT}-${String(schools).padStart(4, '0')}`;
  const [id] = await ctx.db.transaction().execute((trx) =>
    openYears(
      ctx,
      trx,
      [
        {
          program: 'isbe-comprehensive',
          year: '2026-27',
          organization: { kind: 'school', code, districtCode: DISTRICT, demo },
          designation: 'Comprehensive',
          releasedOn: '2026-10-15',
          given: { newlyDesignated: true },
        },
      ],
      state,
    ),
  );
  if (!id) throw new Error('not opened');
  return id;
}

const act = (id: string, command: Command) =>
  ctx.db.transaction().execute((trx) => throughTheDoor(ctx, trx, id, command, state));

async function statusesOf(id: string): Promise<Record<string, string>> {
  const rows = await ctx.db
    .selectFrom('tasks')
    .select(['taskKey', 'status'])
    .where('planningYearId', '=', id)
    .execute();
  return Object.fromEntries(rows.map((row) => [row.taskKey, row.status]));
}

describe('a passage through the door', () => {
  test('writes the entry, the state and the tasks together', async () => {
    const id = await opened();
    const before = await statusesOf(id);
    const versionOf = async () => {
      const query = ctx.db.selectFrom('tasks').select('version').where('planningYearId', '=', id);
      return (await query.where('taskKey', '=', 'oct-1/district/1').executeTakeFirstOrThrow())
        .version;
    };
    const version = await versionOf();
    expect(before['oct-1/district/1']).toBe('open');
    expect(before['oct-1/isbe/1']).toBe('done');
    const { row, entry } = await act(id, { kind: 'event', type: 'designation.letterReceived' });
    expect(entry).toMatchObject({ seq: 2, actor: { id: 'test', role: 'administrator' } });
    expect(row.version).toBe(2);
    expect((await statusesOf(id))['oct-1/district/1']).toBe('done');
    expect(await versionOf()).toBe(version + 1);
    expect((await findYear(ctx.db, id))?.state).toEqual(replay(await readLog(ctx.db, id)));
  });

  test('leaves unsaid what waits to be said of what is settled now', async () => {
    const id = await opened();
    await sql`insert into reminders (id, planning_year_id, task_id, role, rule, occasion, due_on, status, created_at)
      select id, planning_year_id, id, role, 'r', 'o', '2026-10-15', 'held', now() from tasks
      where planning_year_id = ${id} and task_key = 'oct-1/district/1'`.execute(ctx.db);
    const reminder = () =>
      ctx.db
        .selectFrom('reminders')
        .select(['status', 'reason'])
        .where('planningYearId', '=', id)
        .executeTakeFirstOrThrow();
    await act(id, { kind: 'complete', task: 'nov-1/slt/1', evidence: [] });
    expect(await reminder()).toEqual({ status: 'held', reason: null });
    await act(id, { kind: 'complete', task: 'oct-1/district/1', evidence: [] });
    expect(await reminder()).toEqual({ status: 'dropped', reason: 'doneMeanwhile' });
  });

  test('leaves to be said what is still to be done, also when its date changes', async () => {
    const id = await opened();
    const { taskKey: key, dueOn } = await ctx.db
      .selectFrom('tasks')
      .select(['taskKey', 'dueOn'])
      .where('planningYearId', '=', id)
      .where('status', '=', 'blocked')
      .where('dueOn', '>', '2026-12-01')
      .orderBy('dueOn')
      .executeTakeFirstOrThrow();
    await sql`insert into reminders (id, planning_year_id, task_id, role, rule, occasion, due_on, status, created_at)
      select id, planning_year_id, id, role, 'r', 'o', '2026-10-15', 'held', now() from tasks
      where planning_year_id = ${id} and task_key = ${key}`.execute(ctx.db);
    const later = daysAfter(dueOn!, 1);
    await act(id, {
      kind: 'correct',
      correction: { type: 'extend', task: key, dueOn: later, reason: 'Snow.' },
    });
    const task = ctx.db.selectFrom('tasks').select(['dueOn', 'status']).where('taskKey', '=', key);
    const changed = await task.where('planningYearId', '=', id).executeTakeFirstOrThrow();
    expect(changed).toEqual({ dueOn: later, status: 'blocked' });
    const reminder = ctx.db.selectFrom('reminders').select('status');
    expect(await reminder.where('planningYearId', '=', id).execute()).toEqual([{ status: 'held' }]);
  });

  test('shared by many writes each of them, and refuses one without harm to the others', async () => {
    const ids = await Promise.all([opened(), opened(), opened()]);
    const type = 'designation.letterReceived';
    const passages = await Promise.allSettled([
      together(ctx, { id: ids[0]!, command: { kind: 'event', type }, actor: state }),
      together(ctx, { id: ids[0]!, command: { kind: 'event', type }, actor: state }),
      together(ctx, {
        id: ids[1]!,
        command: { kind: 'event', type: 'sip.approved' },
        actor: state,
      }),
      together(ctx, { id: ids[2]!, command: { kind: 'event', type }, actor: state }),
    ]);
    expect(passages.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    expect(await Promise.all(ids.map(async (id) => (await readLog(ctx.db, id)).length))).toEqual([
      2, 1, 2,
    ]);
  });

  test('that is refused writes nothing at all', async () => {
    const id = await opened();
    await expect(act(id, { kind: 'event', type: 'sip.approved' })).rejects.toThrow(/not possible/);
    expect(await readLog(ctx.db, id)).toHaveLength(1);
  });

  test('lets one of two writers make a transition, and tells the other', async () => {
    for (let round = 0; round < 20; round += 1) {
      const id = await opened();
      const command: Command = { kind: 'event', type: 'designation.letterReceived' };
      const outcomes = await Promise.allSettled([act(id, command), act(id, command)]);
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect(await readLog(ctx.db, id)).toHaveLength(2);
    }
  });

  test('lets writers of different things all through, one entry each', async () => {
    const id = await opened();
    const tasks = [
      'nov-1/district/1',
      'nov-1/principal/1',
      'nov-1/slt/1',
      'dec-5/slt/1',
      'may-2/district/1',
    ];
    await Promise.all(tasks.map((task) => act(id, { kind: 'complete', task, evidence: [] })));
    const log = await readLog(ctx.db, id);
    expect(log.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(log.flatMap(({ settledTasks }) => settledTasks).toSorted()).toEqual(
      [...tasks, 'oct-1/isbe/1'].toSorted(),
    );
  });

  test('takes the dates that were set while it decided, and none from before', async () => {
    const id = await opened();
    const { program, year } = (await findYear(ctx.db, id))!;
    const [day, later] = ['2026-12-04', '2026-12-18'];
    let version = 0;
    const set = (planningGrantDue: string) =>
      ctx.db.transaction().execute(async (trx) => {
        const settings = { program: { planningGrantDue }, districts: {} };
        ({ version } = await setParameters(ctx, trx, program, year, settings, state, version));
      });
    const due = (dueOn: string) =>
      ctx.db
        .selectFrom('tasks')
        .select(['taskKey', 'status', 'dueOn'])
        .where('planningYearId', '=', id)
        .where('dueOn', '=', dueOn)
        .orderBy('taskKey')
        .execute();
    const before = await due(day);
    await set(day);
    const known = new Set(before.map(({ taskKey }) => taskKey));
    const keys = (await due(day)).map(({ taskKey }) => taskKey).filter((key) => !known.has(key));
    expect(keys.length).toBeGreaterThan(0);
    const command: Command = {
      ...{ kind: 'correct' },
      correction: { type: 'waive', task: keys[0]!, reason: 'To try it out.' },
    };
    let looked = 0;
    const between = async () => {
      looked += 1;
      if (looked === 1) await set(later);
    };
    await ctx.db
      .transaction()
      .execute((trx) => throughTheDoor(ctx, trx, id, command, state, between));
    // What it had decided by the old date was thrown away, and it looked once more.
    expect(looked).toBe(2);
    expect((await due(later)).filter(({ taskKey }) => keys.includes(taskKey))).toEqual(
      keys.map((taskKey, at) => ({
        ...{ taskKey, dueOn: later },
        status: at === 0 ? 'waived' : expect.any(String),
      })),
    );
  });

  test('first applies what time has brought, also when nobody has looked for months', async () => {
    const id = await opened();
    ctx.clock.set('2027-02-10T15:00:00Z');
    const { entry, row } = await act(id, { kind: 'event', type: 'designation.letterReceived' });
    expect(entry?.seq).toBe(3);
    expect(row.state.regions.qer2).toEqual({ state: 'preparing', since: '2027-01-01' });
    expect((await statusesOf(id))['jan-2/district/submit']).toBe('open');
  });
});

describe('the scan of the clock', () => {
  test('moves every year that time has reached, once', async () => {
    const id = await opened();
    ctx.clock.set('2027-01-01T06:00:30Z');
    expect(await advanceDue(ctx)).toBeGreaterThan(0);
    expect((await findYear(ctx.db, id))?.state.regions.qer2?.state).toBe('preparing');
    expect(await advanceDue(ctx)).toBe(0);
  });

  test('goes by the local date: at 23:59:30 in Chicago the quarter is still open', async () => {
    const id = await opened();
    ctx.clock.set('2027-01-01T05:59:30Z');
    await advanceDue(ctx);
    expect((await findYear(ctx.db, id))?.state.regions.qer2?.state).toBe('quarterOpen');
  });
});

describe('the log', () => {
  test('refuses to be changed, cut or emptied, by the database itself', async () => {
    const id = await opened();
    const tries = [
      sql`update log_entries set entry = '{}' where planning_year_id = ${id}`,
      sql`delete from log_entries where planning_year_id = ${id}`,
      sql`truncate log_entries`,
      sql`truncate planning_years cascade`,
    ];
    for (const attempt of tries)
      await expect(attempt.execute(ctx.db)).rejects.toThrow(/append-only/);
  });

  test('shows any tampering through its chain', async () => {
    const id = await opened();
    await act(id, { kind: 'event', type: 'designation.letterReceived' });
    const rows = await ctx.db
      .selectFrom('logEntries')
      .select(['seq', 'entry', 'hash'])
      .where('planningYearId', '=', id)
      .orderBy('seq')
      .execute();
    const year = await findYear(ctx.db, id);
    const head = { seq: year!.headSeq, hash: year!.headHash };
    expect(firstBreak(rows, head)).toBeNull();
    expect(firstBreak(rows.slice(0, 1), head)).toMatch(/ends at entry 1/);
    expect(firstBreak(rows.slice(1), head)).toMatch(/entry 1 is missing/);
    const forged = rows.map((row) => ({ ...row, entry: row.entry.replace('letterReceived', 'x') }));
    expect(firstBreak(forged, head)).toMatch(/entry 2/);
  });

  test('a demonstration may go again, and nothing else can pose as one', async () => {
    const demo = await opened(true);
    const real = await opened();
    await sql`delete from log_entries where planning_year_id = ${demo}`.execute(ctx.db);
    await sql`delete from tasks where planning_year_id = ${demo}`.execute(ctx.db);
    await sql`delete from planning_years where id = ${demo}`.execute(ctx.db);
    const pose = sql`update planning_years set demo = true where id = ${real}`.execute(ctx.db);
    await expect(pose).rejects.toThrow(/from the start or never/);
  });
});

describe('a rebuild', () => {
  test('finds nothing to do when all went through the door', async () => {
    const id = await opened();
    await act(id, { kind: 'complete', task: 'nov-4/principal/1', evidence: [] });
    const result = await rebuild(ctx);
    expect(result.differences).toEqual([]);
    expect(result.broken).toEqual([]);
    expect(result.planningYears).toBeGreaterThan(0);
  });

  test('names what was changed behind its back, and puts it right', async () => {
    const id = await opened();
    await sql`update tasks set status = 'done' where planning_year_id = ${id} and task_key = 'dec-5/slt/1'`.execute(
      ctx.db,
    );
    await sql`update planning_years set state = jsonb_set(state, '{regions,sip,state}', '"approved"') where id = ${id}`.execute(
      ctx.db,
    );
    const { differences } = await rebuild(ctx);
    expect(differences).toEqual([
      { planningYear: id, what: 'the state' },
      { planningYear: id, what: 'task dec-5/slt/1' },
    ]);
    expect((await rebuild(ctx)).differences).toEqual([]);
    expect((await findYear(ctx.db, id))?.state.regions.sip?.state).toBe('drafting');
  });
});
