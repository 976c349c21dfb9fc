import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { isFinal } from '../../machines/region.ts';
import type { Trx } from '../../src/context.ts';
import { advanceDue } from '../../src/planning-years/clock-scan.ts';
import { insertNew } from '../../src/planning-years/open.ts';
import { rebuild } from '../../src/planning-years/rebuild.ts';
import type { LogEntry } from '../../src/planning-years/state.ts';
import { findYear, readLog } from '../../src/planning-years/store.ts';
import { upgradeYears } from '../../src/planning-years/upgrade.ts';
import { rebuildCounts } from '../../src/reports/rebuild.ts';
import { type Client, type TestApp, testApp } from '../support/app.ts';
import { OLD_DUE, OLD_TITLE, OldYear, programOfVersion2 } from './support/charts-of-version-2.ts';

/** Years that the release before wrote under version 2 of the charts, when this one starts. */
const DISTRICT = '98-901-0010-26';
const ANY = { 'if-match': '*' };
const BEFORE = '2027-02-10T15:00:00Z';
const START = '2027-04-10T15:00:00Z';
const reason = 'Entered on time, seen in the portal.';
/** What the forced rubric had passed. */
const PASSED = [
  ...['nov-4/principal/3', 'dec-1/district/2', 'dec-1/principal/2', 'jan-1/slt/1'],
  'jan-1/principal/2',
];

let api: TestApp;
let coach: Client;
let next = 0;

beforeAll(async () => {
  api = await testApp({ now: BEFORE });
  coach = api.as(await api.keyFor({}));
  const header = 'rcdts,school_name,district_name,city,county,school_type,grades_served,enrollment';
  const rows = [...Array(30).keys()].map((n) => `${codeOf(n)},S,D,T,C,H,9,1`);
  await api.admin.csv('/v1/imports/schools', [header, ...rows].join('\n'));
});
afterAll(() => api.close());
beforeEach(() => api.clock.set(START));

const codeOf = (n: number) => `${DISTRICT}-${String(n).padStart(4, '0')}`;

/**
 * A school's year as the release before left it on February 10: the letter received, one party of the
 * rubric ready, the rubric forced to its end, and the first report fallen away for want of an approval.
 */
async function oldYear(more: (year: OldYear) => void = () => {}): Promise<string> {
  const [program] = api.ctx.programs.all;
  const year = new OldYear(program!, codeOf(next++));
  for (const task of ['oct-1/district/1', 'oct-1/principal/1'])
    year.do('2026-10-20', { kind: 'complete', task, evidence: [] });
  year.do('2026-11-16', { kind: 'complete', task: 'nov-4/district/3', evidence: [] });
  const force = { type: 'force', region: 'iqfsr', state: 'enteredInIwas', reason } as const;
  year.do('2027-01-15', { kind: 'correct', correction: force });
  year.passTime('2027-02-10');
  more(year);
  const { writing } = year;
  await api.ctx.db.transaction().execute((trx) => insertNew(trx, [writing], new Date(BEFORE)));
  const { id } = writing.row;
  // As that release's own engine had left the list.
  await sql`
    update tasks set status = 'notApplicable'
    where planning_year_id = ${id} and task_key = any(${PASSED}::text[])`.execute(api.ctx.db);
  return id;
}

const upgrade = (
  failed: (id: string, error: unknown) => void = (_, error) => {
    throw error;
  },
  db: Parameters<typeof upgradeYears>[0] = api.ctx.db,
) => upgradeYears(db, { programs: api.ctx.programs, now: api.ctx.clock.now(), failed });

const logOf = (id: string) => readLog(api.ctx.db, id);
const changesOf = async (id: string) =>
  (await logOf(id)).filter(({ type }) => type === 'charts.changed');

async function tasksOf(id: string) {
  const rows = await api.ctx.db
    .selectFrom('tasks')
    .selectAll()
    .where('planningYearId', '=', id)
    .orderBy('position')
    .execute();
  return new Map(rows.map((row) => [row.taskKey, row]));
}

/** Everything that is stored of a year. */
async function stored(id: string): Promise<string> {
  const row = await findYear(api.ctx.db, id);
  return JSON.stringify([row, await logOf(id), [...(await tasksOf(id)).values()]]);
}

describe('a year of the release before', () => {
  test('is what the charts of that release had made of it', async () => {
    const id = await oldYear();
    const row = (await findYear(api.ctx.db, id))!;
    expect(row.machineVersion).toBe('2');
    expect(row.state.regions).toMatchObject({
      qer2: { state: 'noApprovedGrant', since: '2027-01-21' },
      iqfsr: { state: 'enteredInIwas' },
      sip: { state: 'notStarted' },
    });
    const tasks = await tasksOf(id);
    expect(tasks.get('jun-4/district/1')).toMatchObject({ kind: 'deadline', status: 'blocked' });
    expect(tasks.get('jan-2/district/submit')).toMatchObject({ status: 'notApplicable' });
    expect(tasks.get('dec-5/principal/1')).toMatchObject({ kind: 'expected' });
    // Whoever comes upon it brings it up.
    const reply = await coach.get(`/v1/planning-years/${id}`);
    expect([reply.statusCode, reply.json().code]).toEqual([200, undefined]);
  });

  test('is put right: its report is asked for, its deadlines speak, what was forced past is waived', async () => {
    const id = await oldYear();
    const had = await logOf(id);
    expect(await upgrade()).toBe(1);
    const row = (await findYear(api.ctx.db, id))!;
    const [program] = api.ctx.programs.all;
    expect(row.machineVersion).toBe(program!.machines.version);
    expect(row.state.regions).toMatchObject({
      qer2: { state: 'preparing', since: '2027-04-10' },
      qer3: { state: 'preparing', since: '2027-04-01' },
      iqfsr: { state: 'enteredInIwas', since: '2027-01-15' },
      designation: { state: 'letterReceived' },
      sip: { state: 'drafting' },
    });
    const tasks = await tasksOf(id);
    const status = (key: string) => tasks.get(key)?.status;
    expect(status('jan-2/district/submit')).toBe('open');
    for (const { taskKey, kind, status } of tasks.values())
      if (kind === 'deadline' && !PASSED.includes(taskKey))
        expect([taskKey, status]).toEqual([taskKey, 'open']);
    for (const key of PASSED) expect([key, status(key)]).toEqual([key, 'waived']);
    expect(status('nov-4/district/3')).toBe('done');
    expect(tasks.get('dec-5/principal/1')).toMatchObject({ kind: 'occasion', status: 'open' });

    // The log goes on where it stood: what time brought on its own day, then the change.
    const log = await logOf(id);
    expect(log.slice(0, had.length)).toEqual(had);
    expect(log.slice(had.length).map(({ type, effectiveOn }) => [type, effectiveOn])).toEqual([
      ['clock.advanced', '2027-04-01'],
      ['charts.changed', '2027-04-10'],
    ]);
    const old = programOfVersion2(program!).pack.version;
    expect(log.at(-1)).toMatchObject({
      actor: { role: 'clock' },
      data: { charts: ['2', '3'], calendar: [old, row.calendarVersion] },
      changes: { qer2: ['noApprovedGrant', 'preparing'] },
      transitions: [{ event: 'qer2.reopened', automatic: true }],
      settledTasks: [],
    });
    expect(log.at(-1)?.waivedTasks.toSorted()).toEqual(PASSED.toSorted());
    expect(row.calendarVersion).not.toBe(old);
  });

  test('keeps its words and dates, and follows today’s rules', async () => {
    const id = await oldYear();
    await upgrade();
    const { data } = (
      await api.admin.get(`/v1/tasks?planningYear=${id}&role=principal&limit=1000`)
    ).json();
    const entered = data.find(
      ({ raises }: { raises: string | null }) => raises === 'iqfsr.enteredInIwas',
    );
    expect(entered).toMatchObject({ title: OLD_TITLE, dueOn: OLD_DUE, status: 'waived' });
    // A learning series moves nothing any more, and one month's guidance moves the team.
    const series = data.find(({ activity }: { activity: string }) => activity === 'nov-1');
    expect(series.raises).toBeNull();
    for (const type of ['leadershipTeam.named', 'leadershipTeam.compositionReviewed'])
      await coach.post(`/v1/planning-years/${id}/events`, { type }, ANY);
    const january = (await tasksOf(id)).get('jan-1/coordinator/3')!;
    await coach.post(`/v1/tasks/${january.id}/complete`, {}, ANY);
    expect((await findYear(api.ctx.db, id))?.state.regions.leadershipTeam?.state).toBe('atWork');
    // Its deadlines have days of grace.
    api.clock.set('2027-08-16T15:00:00Z');
    await advanceDue(api.ctx);
    const report = (await tasksOf(id)).get('jun-3/principal/1')!;
    const reply = await api.admin.post(`/v1/tasks/${report.id}/complete`, {}, ANY);
    expect([reply.statusCode, reply.json().status]).toEqual([200, 'done']);
  });

  test('has a log that tells what is stored, and counts that agree', async () => {
    await oldYear();
    await upgrade();
    const { differences, broken } = await rebuild(api.ctx);
    expect([differences, broken]).toEqual([[], []]);
    await api.ctx.db.transaction().execute(rebuildCounts);
    expect(await api.ctx.db.transaction().execute(rebuildCounts)).toEqual([]);
  });

  test('is brought up once, by whoever comes first', async () => {
    const ids = [await oldYear(), await oldYear(), await oldYear()];
    const counts = await Promise.all([upgrade(), upgrade(), upgrade()]);
    expect(counts.reduce((sum, count) => sum + count)).toBe(ids.length);
    for (const id of ids) expect(await changesOf(id)).toHaveLength(1);
    const before = await Promise.all(ids.map(stored));
    expect(await upgrade()).toBe(0);
    api.clock.advance({ days: 1 });
    expect(await upgrade()).toBe(0);
    expect(await Promise.all(ids.map(stored))).toEqual(before);
  });

  test('shows by asOf how it stood before', async () => {
    const id = await oldYear();
    await upgrade();
    const then = (await coach.get(`/v1/planning-years/${id}?asOf=${BEFORE}`)).json();
    expect(then.regions).toMatchObject({
      qer2: { state: 'noApprovedGrant', since: '2027-01-21', final: true },
      sip: { state: 'notStarted' },
      iqfsr: { state: 'enteredInIwas' },
    });
    const now = (await coach.get(`/v1/planning-years/${id}`)).json();
    expect([now.regions.qer2.state, now.regions.sip.state]).toEqual(['preparing', 'drafting']);
    expect(then.version).toBeLessThan(now.version);
  });
});

describe('what was done under the earlier charts', () => {
  const undo = (id: string, region: string) =>
    coach.post(
      `/v1/planning-years/${id}/events`,
      { type: 'undo', data: { region, reason: 'It was another school.' } },
      ANY,
    );
  const undoByState = (id: string, region: string) =>
    api.admin.post(
      `/v1/planning-years/${id}/events`,
      { type: 'undo', data: { region, reason: 'It was another school.' } },
      ANY,
    );

  test('can be taken back: what was put right since stays so', async () => {
    const id = await oldYear();
    await upgrade();
    const reply = await undoByState(id, 'designation');
    expect(reply.statusCode).toBe(201);
    const { regions, event } = reply.json();
    expect(event.changes).toEqual({ designation: ['letterReceived', 'released'] });
    expect([regions.qer2.state, regions.sip.state]).toEqual(['preparing', 'drafting']);
    expect((await tasksOf(id)).get('oct-1/principal/1')?.status).toBe('open');
    expect((await rebuild(api.ctx)).differences).toEqual([]);
  });

  test('is asked for again with the forced region that had passed it', async () => {
    const id = await oldYear();
    await upgrade();
    const reply = await undoByState(id, 'iqfsr');
    expect([reply.statusCode, reply.json().regions.iqfsr.state]).toEqual([201, 'notStarted']);
    const tasks = await tasksOf(id);
    for (const key of PASSED)
      expect([key, tasks.get(key)?.status]).toEqual([
        key,
        ['nov-4/principal/3', 'jan-1/principal/2'].includes(key) ? 'open' : 'blocked',
      ]);
    expect(tasks.get('nov-4/district/3')?.status).toBe('done');
    expect((await rebuild(api.ctx)).differences).toEqual([]);
  });

  test('is for the state to take back, as all that is old', async () => {
    const id = await oldYear();
    await upgrade();
    expect((await undo(id, 'designation')).statusCode).toBe(403);
  });
});

describe('years that are over', () => {
  test('have their deadlines back within the days of grace', async () => {
    const id = await oldYear();
    api.clock.set('2027-08-10T15:00:00Z');
    await upgrade();
    const tasks = await tasksOf(id);
    expect(tasks.get('jun-3/principal/1')?.status).toBe('open');
    expect(tasks.get('jun-1/slt/2')?.status).toBe('lapsed');
    expect((await logOf(id)).map(({ type, effectiveOn }) => [type, effectiveOn]).slice(-2)).toEqual(
      [
        ['clock.advanced', '2027-08-01'],
        ['charts.changed', '2027-08-10'],
      ],
    );
    expect((await findYear(api.ctx.db, id))?.clockOn).toBe('2027-09-30');
  });

  /** Every region forced to its end. */
  const finish = (year: OldYear) => {
    for (const region of year.writing.model.machines.regions) {
      const { key } = region;
      const { state: now } = year.writing.row.state.regions[key]!;
      const state = Object.keys(region.states).find((each) => isFinal(region, each))!;
      const force = { type: 'force', region: key, state, reason } as const;
      if (!isFinal(region, now)) year.do('2027-02-10', { kind: 'correct', correction: force });
    }
  };

  test('and done without a report that fell away come back to life for it', async () => {
    const id = await oldYear(finish);
    expect((await findYear(api.ctx.db, id))?.status).toBe('done');
    await upgrade();
    const row = await findYear(api.ctx.db, id);
    expect([row?.status, row?.state.regions.qer2?.state]).toEqual(['active', 'preparing']);
    expect((await changesOf(id))[0]?.status).toEqual(['done', 'active']);
    const report = (await tasksOf(id)).get('jan-2/district/submit')!;
    expect((await api.admin.post(`/v1/tasks/${report.id}/complete`, {}, ANY)).statusCode).toBe(200);
    expect((await findYear(api.ctx.db, id))?.status).toBe('done');
  });

  test('stay done once those days have passed too, and withdrawn ones stay withdrawn', async () => {
    const withdrawn = await oldYear((year) => {
      year.do('2027-02-10', { kind: 'correct', correction: { type: 'withdraw', reason } });
    });
    const done = await oldYear(finish);
    api.clock.set('2027-11-02T15:00:00Z');
    await upgrade();
    const [over, gone] = [await findYear(api.ctx.db, done), await findYear(api.ctx.db, withdrawn)];
    expect([over?.status, over?.state.regions.qer2?.state]).toEqual(['done', 'noApprovedGrant']);
    expect(gone?.status).toBe('withdrawn');
    expect([over?.machineVersion, gone?.machineVersion]).toEqual(['3', '3']);
    expect((await rebuild(api.ctx)).differences).toEqual([]);
  });
});

describe('a year that cannot be brought up', () => {
  const withoutSip = (id: string) =>
    sql`update planning_years set state = state #- '{regions,sip}' where id = ${id}`.execute(
      api.ctx.db,
    );
  /** Fails at its last step, in the database itself. */
  async function withOddTask(id: string): Promise<void> {
    const [program] = api.ctx.programs.all;
    const { version, ...calendar } = programOfVersion2(program!).pack;
    const [
      {
        activities: [activity],
        ...month
      },
      ...months
    ] = calendar.months as [(typeof calendar.months)[number], ...typeof calendar.months];
    const odd = { ...activity!.tasks[0]!, id: 'oct-1/isbe/9', kind: 'oddity' };
    const content = {
      program: calendar.program,
      months: [{ ...month, activities: [{ ...activity!, tasks: [odd] }] }, ...months],
    };
    await sql`
      insert into calendar_versions (program, version, content, first_used_at)
      values (${program!.id}, 'odd', ${JSON.stringify(content)}::jsonb, ${new Date(BEFORE)})
      on conflict do nothing`.execute(api.ctx.db);
    await sql`update planning_years set calendar_version = 'odd' where id = ${id}`.execute(
      api.ctx.db,
    );
  }

  test.each([
    [
      'at a start',
      <T>(act: (db: Parameters<typeof upgradeYears>[0]) => Promise<T>) => act(api.ctx.db),
    ],
    [
      'within one transaction, as at a restore',
      <T>(act: (db: Trx) => Promise<T>) => api.ctx.db.transaction().execute(act),
    ],
  ])('keeps no other from it, and is left as it was: %s', async (_, around) => {
    const ids = [await oldYear(), await oldYear(), await oldYear(), await oldYear()];
    const [first, odd, incomplete, last] = ids as [string, string, string, string];
    await withOddTask(odd);
    await withoutSip(incomplete);
    const before = await Promise.all([odd, incomplete].map(stored));
    const failed: string[] = [];
    const upgraded = await around((db) => upgrade((id) => void failed.push(id), db));
    expect(upgraded).toBe(2);
    expect(failed.toSorted()).toEqual([odd, incomplete].toSorted());
    expect(await Promise.all([odd, incomplete].map(stored))).toEqual(before);
    for (const id of [first, last]) {
      expect((await findYear(api.ctx.db, id))?.state.regions.qer2?.state).toBe('preparing');
      expect(await changesOf(id)).toHaveLength(1);
    }
    // Mended, it comes up at the next start.
    const old = programOfVersion2(api.ctx.programs.all[0]!).pack.version;
    await sql`update planning_years set calendar_version = ${old} where id = ${odd}`.execute(
      api.ctx.db,
    );
    const { sip } = replayed(await logOf(first));
    await sql`
      update planning_years
      set state = jsonb_set(state, '{regions,sip}', ${JSON.stringify(sip)}::jsonb)
      where id = ${incomplete}`.execute(api.ctx.db);
    expect(await upgrade()).toBe(2);
    expect((await rebuild(api.ctx)).differences).toEqual([]);
  });

  /** Where regions stood when a year was opened. */
  const replayed = ([opening]: LogEntry[]) => ({
    sip: { state: 'notStarted', since: opening!.effectiveOn },
  });
});
