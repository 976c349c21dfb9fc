import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isForward } from '../../machines/reach.ts';
import { isByHand } from '../../machines/region.ts';
import { ConflictError, DomainError, InvalidInputError } from '../../src/errors.ts';
import { replay } from '../../src/planning-years/state.ts';
import type { Program } from '../../src/programs/programs.ts';
import { type Client, type TestApp, testApp } from '../support/app.ts';
import { illinois, PaperYear } from '../support/year.ts';
import { dataFor, drawnYear, playedYear } from './support/random-year.ts';

let program: Program;
beforeAll(async () => {
  program = await illinois();
});

const CHICAGO = '15-016-2990-25-9001';
const PLAN = { planHeldElsewhere: true, link: 'https://plans.example.invalid/sip' };
const TO_THE_RUBRIC = ['introduced', 'facilitated', 'consensusReached', 'enteredInIwas'].map(
  (event) => `iqfsr.${event}`,
);
const RUBRIC_TASKS = [
  ...['nov-4/district/3', 'nov-4/principal/3', 'dec-1/district/2', 'dec-1/principal/2'],
  ...['jan-1/slt/1', 'jan-1/principal/2'],
];

const walk = (year: PaperYear, type: string, data: Record<string, unknown> = {}) =>
  year.do({ kind: 'through', type, data }, 'coordinator');

const refusalOf = (act: () => unknown): DomainError => {
  try {
    act();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
};

describe('whoever catches up', () => {
  test('says what happened last: the steps before it happen with it, in one entry', () => {
    const year = new PaperYear(program).on('2027-01-25');
    const before = year.log.length;
    const entry = walk(year, 'iqfsr.enteredInIwas')!;
    expect(year.log).toHaveLength(before + 1);
    expect(entry.type).toBe('iqfsr.enteredInIwas');
    expect(entry.data).toEqual({ through: TO_THE_RUBRIC });
    expect(entry.transitions.map(({ event, automatic }) => [event, automatic])).toEqual(
      TO_THE_RUBRIC.map((event) => [event, false]),
    );
    expect(entry.changes).toEqual({ iqfsr: ['notStarted', 'enteredInIwas'] });
    expect(entry.settledTasks).toEqual(RUBRIC_TASKS);
    expect(entry.onBehalfOf).toEqual(['district', 'principal', 'slt']);
    expect(replay(year.log)).toEqual(year.state);
  });

  test('has only what is left of the way, and settles nobody’s task twice', () => {
    const year = new PaperYear(program);
    year.complete('nov-4/district/3');
    year.complete('nov-4/principal/3');
    year.complete('dec-1/principal/2');
    const entry = walk(year, 'iqfsr.enteredInIwas')!;
    expect(entry.data).toEqual({ through: TO_THE_RUBRIC.slice(1) });
    expect(entry.settledTasks).toEqual(['dec-1/district/2', 'jan-1/slt/1', 'jan-1/principal/2']);
  });

  test('goes through the regions that guards wait for', () => {
    const year = new PaperYear(program);
    const refused = refusalOf(() => walk(year, 'sip.approved'));
    expect(refused).toBeInstanceOf(InvalidInputError);
    expect(refused.details.errors).toEqual([
      { pointer: '/data/sip.completed', detail: expect.stringContaining('planHeldElsewhere') },
    ]);
    expect([year.log.length, year.at('needsAssessment')]).toEqual([1, 'notStarted']);

    const entry = walk(year, 'sip.approved', { 'sip.completed': PLAN })!;
    expect(entry.data).toEqual({
      through: [
        ...['rootCause.meetingSet', 'rootCause.conducted'],
        ...['contractSigned', 'meetingsSet', 'reportIssued'].map((one) => `needsAssessment.${one}`),
        'rootCause.prioritiesNamed',
        ...['completed', 'readyForBoard', 'putBeforeBoard', 'approved'].map((one) => `sip.${one}`),
      ],
      data: { 'sip.completed': PLAN },
    });
    expect(entry.changes).toEqual({
      needsAssessment: ['notStarted', 'reportIssued'],
      rootCause: ['notStarted', 'prioritiesNamed'],
      sip: ['drafting', 'approved'],
    });
    // Who brings the report says that the data were analyzed.
    expect(entry.settledTasks).toEqual(
      expect.arrayContaining(['apr-3/district/1', 'apr-3/principal/1', 'apr-3/vendor/1']),
    );
    expect(year.status('jul-1/district/vote')).toBe('done');
    expect(entry.warnings.map((warning) => (warning as { code: string }).code)).toEqual([
      'report-not-issued',
    ]);
    expect(replay(year.log)).toEqual(year.state);
  });

  test('can take back one step of it, whose tasks are asked for again', () => {
    const year = new PaperYear(program);
    const { seq } = walk(year, 'iqfsr.enteredInIwas')!;
    const undo = () =>
      year.do({
        kind: 'correct',
        correction: { type: 'undo', region: 'iqfsr', reason: 'Only agreed on.' },
      });
    expect(undo()).toMatchObject({
      changes: { iqfsr: ['enteredInIwas', 'consensus'] },
      undoes: [{ seq, event: 'iqfsr.enteredInIwas' }],
      reopenedTasks: ['jan-1/principal/2'],
    });
    expect(year.status('jan-1/slt/1')).toBe('done');
    expect(undo()).toMatchObject({
      changes: { iqfsr: ['consensus', 'facilitated'] },
      reopenedTasks: ['jan-1/slt/1'],
    });
    expect(walk(year, 'iqfsr.enteredInIwas')?.settledTasks).toEqual([
      ...['jan-1/slt/1', 'jan-1/principal/2'],
    ]);
    expect(replay(year.log)).toEqual(year.state);
  });
});

describe('a walk is refused whole', () => {
  const refused = (year: PaperYear, type: string, data?: Record<string, unknown>) => {
    const before = [year.log.length, JSON.stringify(year.state)];
    const refusal = refusalOf(() => walk(year, type, data));
    expect([year.log.length, JSON.stringify(year.state)]).toEqual(before);
    return refusal;
  };

  test('where only time leads on, with the guard’s own reason', () => {
    const year = new PaperYear(program);
    const refusal = refused(year, 'qer2.submitted');
    expect(refusal).toBeInstanceOf(ConflictError);
    expect(refusal.code).toBe('event-not-possible');
    expect(refusal.message).toContain('Quarter 2 has not ended yet.');
    expect(refusal.details.refusedBy).toMatchObject({ guard: 'quarter2Closed' });
    expect(refusal.details.possibleEvents).toContain('iqfsr.introduced');
    year.on('2027-01-02');
    expect(walk(year, 'qer2.submitted')?.changes).toEqual({ qer2: ['preparing', 'submitted'] });
  });

  test('where the school is passed by', () => {
    const year = new PaperYear(program, { code: CHICAGO });
    expect(refused(year, 'iqfsr.enteredInIwas').message).toContain('Exempt (CPS school)');
  });

  test('where it leads nowhere any more: the event has passed, or never was', () => {
    const year = new PaperYear(program);
    walk(year, 'iqfsr.enteredInIwas');
    for (const type of [...TO_THE_RUBRIC, 'iqfsr.eaten', 'iqfsr.exempted', 'sip.returned'])
      expect([type, refused(year, type).code]).toEqual([type, 'event-not-possible']);
  });

  test('and tells what is possible as the year stands, not what would be on the way', () => {
    const year = new PaperYear(program, { releasedOn: null, on: '2026-10-01' });
    year.do({
      kind: 'correct',
      correction: { type: 'correctFact', fact: 'cps', value: null, reason: 'Unclear.' },
    });
    const refusal = refused(year, 'iqfsr.enteredInIwas');
    expect(refusal.details).toMatchObject({
      possibleEvents: ['designation.released'],
      refusedBy: { guard: 'releasedOutsideCps' },
    });
  });

  test('naming every step whose data is missing, wrong or not its own', () => {
    const year = new PaperYear(program);
    const data = {
      'sip.completed': { ...PLAN, planHeldElsewhere: false },
      'sip.readyForBoard': { by: 'hand' },
      'leadershipTeam.named': { fromSchool: 4, fromDistrict: 1 },
      'no/thing': {},
    };
    const { details } = refused(year, 'sip.approved', data);
    expect(details.errors).toEqual([
      { pointer: '/data/sip.completed/planHeldElsewhere', detail: expect.any(String) },
      { pointer: '/data/sip.readyForBoard', detail: 'must be left out' },
      { pointer: '/data/leadershipTeam.named', detail: expect.stringContaining('is no step') },
      { pointer: '/data/no~1thing', detail: expect.stringContaining('sip.putBeforeBoard') },
    ]);
  });

  test('in a year that is withdrawn', () => {
    const year = new PaperYear(program);
    year.do({ kind: 'correct', correction: { type: 'withdraw', reason: 'Appealed.' } });
    expect(refused(year, 'iqfsr.enteredInIwas').message).toMatch(/withdrawn.*"reinstate"/);
  });
});

test('a walk comes to what its steps would have come to one by one, or to nothing', () => {
  const types = program.machines.regions.flatMap(({ events }) => Object.keys(events));
  const data = { 'sip.completed': PLAN };
  fc.assert(
    fc.property(drawnYear, fc.constantFrom(...types), (drawn, type) => {
      const [year, twin] = [playedYear(program, drawn), playedYear(program, drawn)];
      const { spec } = year.model.event(type)!;
      let entry: ReturnType<typeof walk>;
      try {
        const mine = type.startsWith('sip.') ? data : {};
        entry = walk(year, type, mine);
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        expect(year.state).toEqual(twin.state);
        return;
      }
      expect(isByHand(spec)).toBe(true);
      const through = entry?.data?.through as string[];
      expect(through.at(-1)).toBe(type);
      for (const step of through) {
        if (step !== type) expect(isForward(year.model.event(step)!.spec)).toBe(true);
        twin.send(step, dataFor(step));
      }
      const settled = ({ state }: PaperYear) => Object.keys(state.done).toSorted();
      expect([year.state.regions, year.state.status]).toEqual([
        ...[twin.state.regions, twin.state.status],
      ]);
      expect(settled(year)).toEqual(settled(twin));
      expect(replay(year.log)).toEqual(year.state);
    }),
    { numRuns: 150 },
  );
});

describe('through the API', () => {
  const DISTRICT = '98-901-0010-26';
  const ANY = { 'if-match': '*' };
  let api: TestApp;
  let coach: Client;
  let next = 0;

  beforeAll(async () => {
    api = await testApp({ now: '2027-01-25T15:00:00Z' });
    coach = api.as(await api.keyFor({}));
    const codes = [...Array(10).keys()].map((n) => `${DISTRICT}-${String(n).padStart(4, '0')}`);
    const header =
      'rcdts,school_name,district_name,city,county,school_type,grades_served,enrollment';
    const rows = [...codes, CHICAGO].map((code) => `${code},S,D,T,C,H,9,1`);
    const reply = await api.admin.csv('/v1/imports/schools', [header, ...rows].join('\n'));
    expect(reply.statusCode).toBe(200);
  });
  afterAll(() => api.close());
  beforeEach(() => api.clock.set('2027-01-25T15:00:00Z'));

  async function opened(school = `${DISTRICT}-${String(next++).padStart(4, '0')}`) {
    const now = api.clock.now().toISOString();
    api.clock.set('2026-10-15T15:00:00Z');
    const reply = await api.admin.post('/v1/planning-years', {
      ...{ program: 'isbe-comprehensive', year: '2026-27', school },
      ...{ designation: 'Comprehensive', releasedOn: '2026-10-15', newlyDesignated: false },
    });
    expect(reply.statusCode).toBe(201);
    api.clock.set(now);
    return { id: reply.json().id as string, school };
  }

  const through = (id: string, type: string, more: object = {}, query = '') =>
    coach.post(`/v1/planning-years/${id}/events${query}`, { type, through: true, ...more }, ANY);
  const tasksOf = async (id: string): Promise<Task[]> =>
    (await api.admin.get(`/v1/tasks?planningYear=${id}&limit=1000`)).json().data;
  interface Task {
    id: string;
    role: string;
    status: string;
    raises: string | null;
    settled: unknown;
  }

  test('a dry run lists states, tasks and mails of the whole way, and changes nothing', async () => {
    const { id } = await opened();
    const before = [(await coach.get(`/v1/planning-years/${id}`)).body, await tasksOf(id)];
    const reply = await through(id, 'iqfsr.enteredInIwas', {}, '?dryRun=true');
    expect(reply.statusCode).toBe(200);
    const told = reply.json();
    expect(told).toMatchObject({
      dryRun: true,
      event: {
        changes: { iqfsr: ['notStarted', 'enteredInIwas'] },
        data: { through: TO_THE_RUBRIC },
        onBehalfOf: ['district', 'principal', 'slt'],
      },
    });
    const done = told.tasks.filter(({ to }: { to: string }) => to === 'done');
    expect(done.map(({ task }: { task: string }) => task).toSorted()).toEqual(
      told.event.settledTasks.toSorted(),
    );
    expect(done).toHaveLength(RUBRIC_TASKS.length);
    expect([(await coach.get(`/v1/planning-years/${id}`)).body, await tasksOf(id)]).toEqual(before);
  });

  test('settles the tasks on the way on behalf of their roles, with the note', async () => {
    const { id } = await opened();
    const reply = await through(id, 'iqfsr.enteredInIwas', { note: 'By phone.' });
    expect(reply.statusCode).toBe(201);
    const { event, regions } = reply.json();
    expect(regions.iqfsr.state).toBe('enteredInIwas');
    const log = (await coach.get(`/v1/planning-years/${id}/events?limit=1000`)).json().data;
    expect(log.at(-1)).toEqual(event);
    const tasks = await tasksOf(id);
    for (const settled of event.settledTasks) {
      const { role, status, settled: by } = tasks.find((task) => task.id === settled)!;
      expect([status, by]).toEqual([
        'done',
        expect.objectContaining({
          ...{ note: 'By phone.', onBehalfOf: role },
          by: expect.objectContaining({ role: 'coordinator' }),
        }),
      ]);
    }
    expect(event.settledTasks).toHaveLength(RUBRIC_TASKS.length);
  });

  test('needs the attestation of a plan that it passes', async () => {
    const { id } = await opened();
    const refused = await through(id, 'sip.approved');
    expect(refused.statusCode).toBe(400);
    expect(refused.json().errors).toEqual([
      { pointer: '/data/sip.completed', detail: expect.any(String) },
    ]);
    const year = (await coach.get(`/v1/planning-years/${id}`)).json();
    expect(year.regions.needsAssessment.state).toBe('notStarted');
    const taken = await through(id, 'sip.approved', { data: { 'sip.completed': PLAN } });
    expect([taken.statusCode, taken.json().regions.sip.state]).toEqual([201, 'approved']);
    expect(taken.json().warnings).toEqual([
      { code: 'report-not-issued', detail: expect.any(String) },
    ]);
  });

  test('is refused with what is possible, and with the guard that time alone will meet', async () => {
    const { id } = await opened();
    const early = await through(id, 'qer3.submitted');
    expect([early.statusCode, early.json()]).toEqual([
      409,
      expect.objectContaining({
        code: 'event-not-possible',
        refusedBy: expect.objectContaining({ reason: 'Quarter 3 has not ended yet.' }),
      }),
    ]);
    expect(early.json().possibleEvents).toContain('qer2.submitted');
    const chicago = await opened(CHICAGO);
    const exempt = await through(chicago.id, 'iqfsr.enteredInIwas');
    expect([exempt.statusCode, exempt.json().code]).toEqual([409, 'event-not-possible']);
    await through(id, 'iqfsr.enteredInIwas');
    const again = await through(id, 'iqfsr.facilitated');
    expect([again.statusCode, again.json().code]).toEqual([409, 'event-not-possible']);
  });

  test('is for events alone, and takes data of its own steps alone', async () => {
    const { id } = await opened();
    const data = { region: 'iqfsr', reason: 'Wrong.' };
    const correction = await through(id, 'undo', { data });
    expect(correction.statusCode).toBe(400);
    expect(correction.json().errors).toEqual([expect.objectContaining({ pointer: '/through' })]);
    const alien = await through(id, 'iqfsr.enteredInIwas', { data: { 'sip.completed': PLAN } });
    expect(alien.statusCode).toBe(400);
    expect(alien.json().errors).toEqual([
      { pointer: '/data/sip.completed', detail: expect.stringContaining('iqfsr.facilitated') },
    ]);
  });

  test('is for whoever may send events', async () => {
    const { id, school } = await opened();
    const principal = api.as(await api.keyFor({ role: 'principal', scope: { schools: [school] } }));
    const body = { type: 'iqfsr.enteredInIwas', through: true };
    const reply = await principal.post(`/v1/planning-years/${id}/events`, body, ANY);
    expect(reply.statusCode).toBe(403);
  });

  test('one step of it can be taken back by a coordinator', async () => {
    const { id } = await opened();
    await through(id, 'iqfsr.enteredInIwas');
    const undo = { type: 'undo', data: { region: 'iqfsr', reason: 'Only agreed on.' } };
    const reply = await coach.post(`/v1/planning-years/${id}/events`, undo, ANY);
    expect([reply.statusCode, reply.json().regions.iqfsr.state]).toEqual([201, 'consensus']);
    const { reopenedTasks } = reply.json().event;
    const asked = (await tasksOf(id)).filter((task) => reopenedTasks.includes(task.id));
    expect(asked.map(({ raises, status }) => [raises, status])).toEqual([
      ['iqfsr.enteredInIwas', 'open'],
    ]);
  });
});
