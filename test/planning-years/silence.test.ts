import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Correction } from '../../src/planning-years/corrections.ts';
import { isOverdue } from '../../src/planning-years/overdue.ts';
import { replay } from '../../src/planning-years/state.ts';
import { dueOnOf } from '../../src/planning-years/task-status.ts';
import type { Program } from '../../src/programs/programs.ts';
import { type Client, type TestApp, testApp } from '../support/app.ts';
import { illinois, PaperYear } from '../support/year.ts';
import { drawnYear, playedYear } from './support/random-year.ts';
import { throughTheYear } from './support/through-the-year.ts';

/** Nothing is concluded from what nobody has ticked, and no deadline goes silent for it. */
let program: Program;
beforeAll(async () => {
  program = await illinois();
});

const CHICAGO = '15-016-2990-25-9001';
const SCHOOLS = [
  { name: 'newly designated and selected', newlyDesignated: true, resourceAllocationReview: true },
  { name: 'known before', newlyDesignated: false, resourceAllocationReview: false },
  { name: 'of which nothing is known', newlyDesignated: null, resourceAllocationReview: null },
  { name: 'of Chicago', code: CHICAGO, newlyDesignated: null, resourceAllocationReview: null },
].map(({ name, code, ...given }) => ({ name, options: { ...(code && { code }), given } }));

const deadlinesOf = (year: PaperYear) =>
  year.model.tasks.filter(({ kind }) => kind === 'deadline').map(({ key }) => key);
const isLate = (year: PaperYear, key: string) => {
  const { kind } = year.model.task(key);
  const dueOn = dueOnOf(year.state, year.model.task(key));
  return isOverdue({ kind, status: year.status(key), dueOn }, year.today);
};
const correct = (year: PaperYear, correction: Correction) =>
  year.do({ kind: 'correct', correction });
const reason = 'For the test.';

function* daysOf(first: string, last: string): Generator<string> {
  for (let day = Date.parse(first); day <= Date.parse(last); day += 86_400_000)
    yield new Date(day).toISOString().slice(0, 10);
}

describe('a year in which nobody ticks anything', () => {
  test.each(SCHOOLS)(
    'keeps every deadline open, and late from the day after: $name',
    ({ options }) => {
      const year = new PaperYear(program, options);
      const exempt = options.code === CHICAGO ? ['jan-1/principal/2'] : [];
      const deadlines = deadlinesOf(year).filter((key) => !exempt.includes(key));
      expect(deadlines).toHaveLength(11 - exempt.length);
      for (const day of daysOf('2026-10-16', '2027-09-29')) {
        year.on(day);
        for (const key of deadlines) {
          const { dueOn } = year.model.task(key);
          const { status, doable } = year.standing(key);
          expect([day, key, status, doable]).toEqual([day, key, 'open', true]);
          expect([day, key, isLate(year, key)]).toEqual([day, key, dueOn !== null && dueOn < day]);
        }
        for (const key of exempt) expect(year.status(key)).toBe('notApplicable');
      }
      // Time has closed the quarters, and concluded nothing else.
      const brought = year.log.slice(1).flatMap(({ transitions }) => transitions);
      expect(brought.map(({ event }) => event)).toEqual([
        ...['qer2.quarterClosed', 'qer3.quarterClosed', 'qer4.quarterClosed'],
      ]);
      year.on('2027-09-30');
      for (const key of deadlines) expect(year.status(key)).toBe('lapsed');
    },
  );

  test.each(SCHOOLS)('lets each deadline be marked done on any day: $name', ({ options }) => {
    for (const day of ['2026-10-15', '2026-12-24', '2027-01-31', '2027-04-21', '2027-08-16'])
      for (const key of deadlinesOf(new PaperYear(program, options))) {
        const year = new PaperYear(program, options).on(day);
        if (year.status(key) === 'notApplicable') continue;
        const entry = year.complete(key);
        const { raises } = year.model.task(key);
        const isMoved = entry?.transitions.some(({ event }) => event === raises);
        const codes = entry?.warnings.map((warning) => (warning as { code: string }).code);
        // Its event has happened, or its doer is told that it waits.
        expect([key, day, codes?.includes('event-held-back')]).toEqual([key, day, !isMoved]);
        expect(year.status(key)).toBe('done');
        expect(replay(year.log)).toEqual(year.state);
      }
  });

  test('leaves all three reports to be made in August', () => {
    const year = new PaperYear(program).on('2027-08-10');
    for (const report of ['qer2', 'qer3', 'qer4']) expect(year.at(report)).toBe('preparing');
    for (const key of ['jan-2/district/submit', 'apr-2/district/1', 'jun-4/district/1'])
      expect([year.status(key), isLate(year, key)]).toEqual(['open', true]);
    year.complete('apr-2/district/1');
    expect(year.at('qer3')).toBe('submitted');
  });
});

describe('a deadline that was met early', () => {
  test('moves its region by itself when its turn comes', () => {
    const options = { given: { newlyDesignated: true, resourceAllocationReview: true } };
    for (const key of deadlinesOf(new PaperYear(program, options))) {
      const year = new PaperYear(program, options);
      const before = year.log.length;
      year.complete(key);
      const { raises } = year.model.task(key);
      throughTheYear(year);
      const raised = year.log
        .slice(before)
        .flatMap(({ transitions }) => transitions)
        .filter(({ event }) => event === raises);
      expect([key, raised.length]).toEqual([key, 1]);
      const wasItsTurn = year.log[before]!.transitions.length > 0;
      expect([key, raised[0]?.automatic]).toEqual([key, !wasItsTurn]);
      expect(year.state.status).toBe('done');
    }
  });

  test('waits on after an undo of what brought its turn', () => {
    const year = new PaperYear(program);
    year.complete('jan-1/principal/2');
    for (const event of ['introduced', 'facilitated', 'consensusReached'])
      year.send(`iqfsr.${event}`);
    expect(year.at('iqfsr')).toBe('enteredInIwas');
    year.reopen('jan-1/slt/1', 'Not agreed on yet.');
    expect([year.at('iqfsr'), year.status('jan-1/principal/2')]).toEqual(['facilitated', 'done']);
    year.complete('jan-1/slt/1');
    expect(year.at('iqfsr')).toBe('enteredInIwas');
  });
});

describe('a deadline that is blocked', () => {
  const task = 'jan-1/principal/2';

  test.each([
    [
      'by what nobody knows',
      () => {
        const year = new PaperYear(program);
        correct(year, { type: 'correctFact', fact: 'cps', value: null, reason });
        return year;
      },
    ],
    [
      'by a designation that is not released',
      () => new PaperYear(program, { on: '2026-10-01', releasedOn: null }),
    ],
  ])('%s is late on the day after, and can be marked done', (_, begin) => {
    const year = begin().on('2027-01-31');
    expect([year.status(task), isLate(year, task)]).toEqual(['blocked', false]);
    year.on('2027-02-01');
    expect([year.status(task), isLate(year, task)]).toEqual(['blocked', true]);
    // An item that is merely expected is blocked and never late.
    expect([year.status('jan-1/slt/1'), isLate(year, 'jan-1/slt/1')]).toEqual(['blocked', false]);
    year.complete(task);
    expect([year.status(task), isLate(year, task)]).toEqual(['done', false]);
  });
});

describe('that there is nothing to report', () => {
  test('is somebody’s word, and is taken back by another: the report is asked for again', () => {
    const year = new PaperYear(program).on('2027-02-01');
    year.send('qer2.noGrant');
    expect([year.at('qer2'), year.status('jan-2/district/submit')]).toEqual([
      ...['noApprovedGrant', 'notApplicable'],
    ]);
    year.on('2027-03-01').send('qer2.reopened');
    expect([year.at('qer2'), year.status('jan-2/district/submit')]).toEqual(['preparing', 'open']);
    expect(isLate(year, 'jan-2/district/submit')).toBe(true);
    year.complete('jan-2/district/submit');
    expect(year.at('qer2')).toBe('submitted');
    expect(replay(year.log)).toEqual(year.state);
  });

  test('asks anew also for a report that was marked done before its quarter ended', () => {
    const year = new PaperYear(program);
    year.complete('jan-2/district/submit');
    correct(year, { type: 'force', region: 'qer2', state: 'noApprovedGrant', reason });
    expect(year.send('qer2.reopened')?.reopenedTasks).toEqual(['jan-2/district/submit']);
    expect([year.at('qer2'), year.status('jan-2/district/submit')]).toEqual(['preparing', 'open']);
  });
});

describe('force', () => {
  const forced = (year: PaperYear, region: string, state: string) =>
    correct(year, { type: 'force', region, state, reason });

  test('waives what it passes, as nobody says that it was done; an undo asks for it again', () => {
    const year = new PaperYear(program);
    year.complete('nov-4/district/3');
    const passed = [
      ...['nov-4/principal/3', 'dec-1/district/2', 'dec-1/principal/2', 'jan-1/slt/1'],
      'jan-1/principal/2',
    ];
    const before = passed.map(year.status);
    const entry = forced(year, 'iqfsr', 'enteredInIwas');
    expect(entry).toMatchObject({ waivedTasks: passed, settledTasks: [] });
    expect(new Set(passed.map(year.status))).toEqual(new Set(['waived']));
    expect(year.status('nov-4/district/3')).toBe('done');
    const undone = correct(year, { type: 'undo', region: 'iqfsr', reason });
    expect(undone?.reopenedTasks.toSorted()).toEqual(passed.toSorted());
    expect(passed.map(year.status)).toEqual(before);
    expect(replay(year.log)).toEqual(year.state);
  });

  test('leaves other months’ guidance to be given, which is work of its own', () => {
    const year = new PaperYear(program);
    expect(forced(year, 'leadershipTeam', 'atWork')?.waivedTasks).not.toContain(
      'dec-1/coordinator/2',
    );
    expect(year.status('dec-1/coordinator/2')).toBe('open');
  });

  test('into a state that does not apply takes the tasks away', () => {
    const year = new PaperYear(program);
    expect(forced(year, 'iqfsr', 'exempt')?.waivedTasks).toEqual([]);
    expect(year.status('jan-1/principal/2')).toBe('notApplicable');
  });
});

test('nothing becomes not applicable but by a state that passes the school by, or a corrected fact', () => {
  let taken = 0;
  fc.assert(
    fc.property(drawnYear, (drawn) => {
      let before = new Map(new PaperYear(program, drawn).statuses());
      let seen = 1;
      playedYear(
        program,
        drawn,
        (year) => {
          const now = new Map(year.statuses());
          const facts = year.log.slice(seen).some(({ conditions }) => Object.keys(conditions)[0]);
          for (const [key, status] of now) {
            const was = before.get(key)!;
            if (status !== 'notApplicable' || !['open', 'blocked'].includes(was)) continue;
            taken += 1;
            expect([key, facts || isPassedBy(year, key)]).toEqual([key, true]);
          }
          before = now;
          seen = year.log.length;
        },
        true,
      );
    }),
    { numRuns: 150 },
  );
  expect(taken).toBeGreaterThan(0);
});

/** Whether a region that a task works on passes the school by. */
function isPassedBy({ model, state }: PaperYear, key: string): boolean {
  const { raises, opensWhen } = model.task(key);
  const regions = opensWhen.map(([region]) => region);
  const own = raises ? [raises.slice(0, raises.indexOf('.'))] : [];
  return [...own, ...regions].some(
    (region) => model.region(region).states[state.regions[region]!.state]?.doesNotApply,
  );
}

describe('through the API', () => {
  const DISTRICT = '98-901-0010-26';
  const YEAR = '/v1/programs/isbe-comprehensive/years/2026-27';
  const ANY = { 'if-match': '*' };
  let api: TestApp;
  let coach: Client;
  let district: Client;
  let next = 0;

  beforeAll(async () => {
    api = await testApp({ now: '2026-10-15T15:00:00Z' });
    coach = api.as(await api.keyFor({}));
    district = api.as(await api.keyFor({ role: 'district', scope: { districts: [DISTRICT] } }));
    const header =
      'rcdts,school_name,district_name,city,county,school_type,grades_served,enrollment';
    const rows = [...Array(6).keys()].map((n) => `${DISTRICT}-000${n},S,D,T,C,H,9,1`);
    await api.admin.csv('/v1/imports/schools', [header, ...rows].join('\n'));
  });
  afterAll(() => api.close());

  async function opened(): Promise<string> {
    api.clock.set('2026-10-15T15:00:00Z');
    const reply = await api.admin.post('/v1/planning-years', {
      ...{ program: 'isbe-comprehensive', year: '2026-27', school: `${DISTRICT}-000${next++}` },
      ...{ designation: 'Comprehensive', releasedOn: '2026-10-15' },
      ...{ newlyDesignated: false, resourceAllocationReview: false },
    });
    expect(reply.statusCode).toBe(201);
    return reply.json().id;
  }
  const send = (id: string, body: object) =>
    coach.post(`/v1/planning-years/${id}/events`, body, ANY);
  const read = async (id: string) => (await coach.get(`/v1/planning-years/${id}`)).json();
  const taskOf = async (id: string, raises: string) =>
    (await api.admin.get(`/v1/tasks?planningYear=${id}&limit=1000`))
      .json()
      .data.find((task: { raises: string | null }) => task.raises === raises);
  const set = (body: object) =>
    api.app.inject({
      ...({ method: 'PUT', url: `${YEAR}/parameters`, payload: body } as const),
      headers: { authorization: `Bearer ${api.adminKey}`, ...ANY },
    });

  test('a deadline met early tells what it waits for, before and after', async () => {
    const id = await opened();
    const task = await taskOf(id, 'qer2.submitted');
    expect(task).toMatchObject({ status: 'open', blockedBy: [{ reason: expect.any(String) }] });
    const reply = await district.post(`/v1/tasks/${task.id}/complete`, {}, ANY);
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toMatchObject({ status: 'done', blockedBy: [] });
    expect(reply.json().warnings).toEqual([
      { code: 'event-held-back', detail: expect.stringContaining(task.blockedBy[0].reason) },
    ]);
    api.clock.set('2027-01-02T15:00:00Z');
    expect((await read(id)).regions.qer2).toMatchObject({
      state: 'submitted',
      since: '2027-01-01',
    });
  });

  test('a report without an approval on record warns on its task, in a dry run and in the reply', async () => {
    const id = await opened();
    api.clock.set('2027-01-15T15:00:00Z');
    const { id: task, warnings } = await taskOf(id, 'qer2.submitted');
    const told = [{ code: 'grant-not-approved', detail: expect.stringContaining('No approval') }];
    expect(warnings).toEqual(told);
    const tried = await district.post(`/v1/tasks/${task}/complete?dryRun=true`, {}, ANY);
    expect(tried.json()).toMatchObject({ dryRun: true, warnings: told, event: { warnings: told } });
    const sent = await coach.post(
      `/v1/planning-years/${id}/events?dryRun=true`,
      { type: 'qer2.submitted' },
      ANY,
    );
    expect(sent.json().warnings).toEqual(told);
    const done = await district.post(`/v1/tasks/${task}/complete`, {}, ANY);
    expect(done.json()).toMatchObject({ warnings: told, event: { warnings: told } });
    const { regions } = await read(id);
    expect(regions.qer2.state).toBe('submitted');
    // Once the approval is on record there is nothing to warn of.
    await send(id, { type: 'planningGrant.approved', through: true });
    expect(await taskOf(id, 'qer3.submitted')).not.toHaveProperty('warnings');
  });

  test('nothing to report is a coordinator’s word, offered with its way back', async () => {
    const id = await opened();
    api.clock.set('2027-01-15T15:00:00Z');
    const said = await send(id, { type: 'qer2.noGrant', note: 'The district did not apply.' });
    expect(said.statusCode).toBe(201);
    expect(await taskOf(id, 'qer2.submitted')).toMatchObject({ status: 'notApplicable' });
    const { possibleEvents } = await read(id);
    expect(possibleEvents).toContainEqual(
      expect.objectContaining({ type: 'qer2.reopened', returns: true }),
    );
    expect((await send(id, { type: 'qer2.reopened' })).statusCode).toBe(201);
    expect(await taskOf(id, 'qer2.submitted')).toMatchObject({ status: 'open' });
  });

  test('a board that meets in August is dated, reminded of, and recorded by its district', async () => {
    const id = await opened();
    api.clock.set('2027-07-20T15:00:00Z');
    const data = {
      'sip.completed': { planHeldElsewhere: true, link: 'https://plans.example.org/sip' },
    };
    await send(id, { type: 'sip.readyForBoard', through: true, data });
    const late = await set({
      program: {},
      districts: { [DISTRICT]: { boardMeetingSip: '2027-09-30' } },
    });
    expect([late.statusCode, late.json().errors]).toEqual([
      400,
      [{ pointer: `/districts/${DISTRICT}/boardMeetingSip`, detail: expect.any(String) }],
    ]);
    api.clock.set('2027-08-10T15:00:00Z');
    const august = { program: {}, districts: { [DISTRICT]: { boardMeetingSip: '2027-08-16' } } };
    expect((await set(august)).statusCode).toBe(200);
    expect(await taskOf(id, 'sip.putBeforeBoard')).toMatchObject({
      ...{ status: 'open', dueOn: '2027-08-16', safeBy: '2027-08-14' },
    });
    const { data: lapsed } = (
      await api.admin.get(`/v1/tasks?planningYear=${id}&status=lapsed&limit=1000`)
    ).json();
    expect(new Set(lapsed.map(({ kind }: { kind: string }) => kind))).toEqual(
      new Set(['expected', 'occasion']),
    );
    api.clock.set('2027-08-16T15:00:00Z');
    for (const type of ['sip.putBeforeBoard', 'sip.approved']) {
      const { id: task } = await taskOf(id, type);
      const reply = await district.post(`/v1/tasks/${task}/complete`, {}, ANY);
      expect([type, reply.statusCode, reply.json().status]).toEqual([type, 200, 'done']);
    }
    expect((await read(id)).regions.sip).toMatchObject({ state: 'approved', since: '2027-08-16' });
  });

  test('what makes ready for a vote in August is open in August, too, whenever its date is set', async () => {
    const id = await opened();
    api.clock.set('2027-07-20T15:00:00Z');
    await send(id, { type: 'learningPartner.identified', through: true });
    api.clock.set('2027-08-05T15:00:00Z');
    await read(id);
    expect(await taskOf(id, 'learningPartner.contractScheduled')).toMatchObject({
      ...{ kind: 'expected', status: 'lapsed', dueOn: '2027-07-31' },
    });
    const boardMeetingPartner = '2027-08-24';
    const august = { program: {}, districts: { [DISTRICT]: { boardMeetingPartner } } };
    expect((await set(august)).statusCode).toBe(200);
    for (const type of ['learningPartner.contractScheduled', 'learningPartner.contractApproved']) {
      const { id: task, status } = await taskOf(id, type);
      expect([type, status]).toEqual([type, 'open']);
      expect((await district.post(`/v1/tasks/${task}/complete`, {}, ANY)).statusCode).toBe(200);
    }
    expect((await read(id)).regions.learningPartner.state).toBe('approved');
  });

  test('an extension of a deadline may reach to the last day of grace', async () => {
    const id = await opened();
    api.clock.set('2027-08-20T15:00:00Z');
    const { id: task } = await taskOf(id, 'planningYearReport.submitted');
    const extend = (dueOn: string) =>
      coach.post(`/v1/tasks/${task}/extend`, { dueOn, reason: 'Flood.' }, ANY);
    expect((await extend('2027-09-30')).statusCode).toBe(400);
    const reply = await extend('2027-09-29');
    expect([reply.statusCode, reply.json().dueOn]).toEqual([200, '2027-09-29']);
    api.clock.set('2027-09-29T15:00:00Z');
    expect(await taskOf(id, 'planningYearReport.submitted')).toMatchObject({
      ...{ status: 'open', overdue: false },
    });
    api.clock.set('2027-09-30T15:00:00Z');
    await read(id);
    expect(await taskOf(id, 'planningYearReport.submitted')).toMatchObject({ status: 'lapsed' });
  });
});
