import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isFinal } from '../../machines/region.ts';
import type { Correction } from '../../src/planning-years/corrections.ts';
import type { Command } from '../../src/planning-years/decide.ts';
import { replay } from '../../src/planning-years/state.ts';
import { safeByOf } from '../../src/planning-years/task-status.ts';
import type { Program } from '../../src/programs/programs.ts';
import { type Client, type TestApp, testApp } from '../support/app.ts';
import { illinois, PaperYear } from '../support/year.ts';

let program: Program;
beforeAll(async () => {
  program = await illinois();
});

const reason = 'For the test.';
const correct = (year: PaperYear, correction: Correction) =>
  year.do({ kind: 'correct', correction });

describe('undo', () => {
  test('takes back the last event of a region and asks for its tasks again', () => {
    const year = new PaperYear(program);
    year.send('designation.letterReceived');
    const entry = correct(year, { type: 'undo', region: 'designation', reason });
    expect(year.at('designation')).toBe('released');
    expect(entry?.reopenedTasks).toEqual(['oct-1/district/1', 'oct-1/principal/1']);
    expect(entry?.undoes).toEqual([{ seq: 2, event: 'designation.letterReceived' }]);
    expect(year.state.regions.designation?.since).toBe('2026-10-15');
    expect(replay(year.log)).toEqual(year.state);
  });

  test('is refused while later acts rest on it, and where nothing was done', () => {
    const year = new PaperYear(program);
    year.send('designation.letterReceived');
    year.send('designation.coordinatorMet');
    for (const task of ['nov-1/district/1', 'nov-1/principal/1', 'nov-1/slt/1'])
      year.complete(task);
    year.send('orientation.introduced');
    expect(() => correct(year, { type: 'undo', region: 'designation', reason })).toThrow(
      /cannot be taken back/,
    );
    expect(() => correct(year, { type: 'undo', region: 'sip', reason })).toThrow(/nothing/);
  });

  test('of an undone event goes one further back', () => {
    const year = new PaperYear(program);
    year.send('designation.letterReceived');
    year.send('designation.coordinatorMet');
    correct(year, { type: 'undo', region: 'designation', reason });
    correct(year, { type: 'undo', region: 'designation', reason });
    expect(year.at('designation')).toBe('released');
    year.send('designation.letterReceived');
    expect(year.at('designation')).toBe('letterReceived');
  });
});

describe('force', () => {
  test('says that it would not last where time or a condition leads on at once', () => {
    const year = new PaperYear(program, { code: '15-016-2990-25-9001' }).on('2027-02-10');
    const force = (region: string, state: string) =>
      correct(year, { type: 'force', region, state, reason });
    expect(() => force('qer2', 'quarterOpen')).toThrow(/by itself/);
    expect(() => force('iqfsr', 'notStarted')).toThrow(/by itself/);
    expect([year.at('qer2'), year.at('iqfsr')]).toEqual(['preparing', 'exempt']);
  });

  test('asks again for a report that somebody said there was nothing to tell in', () => {
    const year = new PaperYear(program).on('2027-02-10');
    year.send('qer2.noGrant');
    expect(year.status('jan-2/district/submit')).toBe('notApplicable');
    correct(year, { type: 'force', region: 'qer2', state: 'preparing', reason });
    expect(year.status('jan-2/district/submit')).toBe('open');
    expect(replay(year.log)).toEqual(year.state);
  });

  test('asks again for the work that lies ahead of the state', () => {
    const year = new PaperYear(program);
    for (const event of ['introduced', 'facilitated', 'consensusReached'])
      year.send(`iqfsr.${event}`);
    const entry = correct(year, { type: 'force', region: 'iqfsr', state: 'introduced', reason });
    expect(entry?.reopenedTasks).toContain('jan-1/slt/1');
    expect(year.status('dec-1/district/2')).toBe('open');
    correct(year, { type: 'undo', region: 'iqfsr', reason });
    expect(year.at('iqfsr')).toBe('consensus');
    expect(replay(year.log)).toEqual(year.state);
  });

  test('refuses states and regions that there are not', () => {
    const year = new PaperYear(program);
    expect(() => correct(year, { type: 'force', region: 'sip', state: 'eaten', reason })).toThrow(
      /no such state/,
    );
    expect(() => correct(year, { type: 'force', region: 'pip', state: 'x', reason })).toThrow(
      /no such region/,
    );
  });
});

describe('waive', () => {
  test('excuses one party: the act is complete with the others', () => {
    const year = new PaperYear(program);
    year.complete('oct-1/district/1');
    const entry = correct(year, { type: 'waive', task: 'oct-1/principal/1', reason });
    expect(year.status('oct-1/principal/1')).toBe('waived');
    expect(year.at('designation')).toBe('letterReceived');
    expect(entry?.waivedTasks).toEqual(['oct-1/principal/1']);
    expect(() => correct(year, { type: 'waive', task: 'oct-1/principal/1', reason })).toThrow();
    year.reopen('oct-1/principal/1');
    expect(year.state.waived).toEqual({});
    expect(replay(year.log)).toEqual(year.state);
  });

  test('of all parties makes nothing happen by itself', () => {
    const year = new PaperYear(program);
    correct(year, { type: 'waive', task: 'oct-1/principal/1', reason });
    correct(year, { type: 'waive', task: 'oct-1/district/1', reason });
    expect(year.at('designation')).toBe('released');
  });
});

describe('extend', () => {
  test('moves the date of one school, and what counts as before our time with it', () => {
    const year = new PaperYear(program, { on: '2027-02-05', releasedOn: '2026-10-15' });
    expect(year.status('jan-1/principal/2')).toBe('preStart');
    correct(year, { type: 'extend', task: 'jan-1/principal/2', dueOn: '2027-02-20', reason });
    expect(year.status('jan-1/principal/2')).toBe('open');
    expect(year.state.extended).toEqual({ 'jan-1/principal/2': '2027-02-20' });
  });
});

describe('an extension', () => {
  const task = 'jan-1/principal/2';
  const extend = (year: PaperYear, key: string, dueOn: string) =>
    correct(year, { type: 'extend', task: key, dueOn, reason });

  test('puts a date off and never brings it forward', () => {
    const year = new PaperYear(program);
    expect(() => extend(year, task, '2027-01-30')).toThrow(/later date/);
    expect(() => extend(year, task, '2026-03-01')).toThrow(/later date/);
    expect(() => extend(year, task, '2027-01-31')).toThrow(/already/);
    extend(year, task, '2027-02-07');
    expect(() => extend(year, task, '2027-02-07')).toThrow(/already/);
    expect(() => extend(year, task, '2027-02-01')).toThrow(/later date/);
    expect(() => extend(year, task, '2028-02-07')).toThrow(/later date/);
    expect(year.status(task)).toBe('open');
  });

  test('gives a task whose date nobody has set one of the year’s own', () => {
    const year = new PaperYear(program);
    const undated = year.model.tasks
      .filter(({ dueOn }) => dueOn === null)
      .find(({ key }) => year.status(key) !== 'done')!.key;
    expect(year.model.task(undated).kind).not.toBe('deadline');
    for (const date of ['2026-09-30', '2027-08-01'])
      expect(() => extend(year, undated, date)).toThrow(/later date/);
    extend(year, undated, '2026-11-05');
    expect(year.state.extended).toEqual({ [undated]: '2026-11-05' });
  });

  test('comes to nothing once the year is over, of a deadline once its days of grace are, too', () => {
    const year = new PaperYear(program, { on: '2027-02-05', releasedOn: '2026-10-15' });
    year.on('2027-08-01');
    expect(() => extend(year, 'jun-1/slt/2', '2027-08-20')).toThrow(/no longer counts/);
    expect(year.status(task)).toBe('preStart');
    expect(() => extend(year, task, '2027-09-30')).toThrow(/later date/);
    extend(year, task, '2027-09-28');
    expect(year.status(task)).toBe('open');
    year.on('2027-09-30');
    expect(year.status(task)).toBe('lapsed');
    expect(() => extend(year, task, '2027-09-29')).toThrow(/no longer counts/);
  });

  test('leaves no day to aim at: that lay before the old date', () => {
    const year = new PaperYear(program);
    expect(safeByOf(year.state, year.model.task(task))).toBe('2027-01-29');
    extend(year, task, '2027-02-14');
    expect(safeByOf(year.state, year.model.task(task))).toBeNull();
  });
});

describe('what was due before the year was opened here', () => {
  test('stays so at the year’s end and when the year is withdrawn', () => {
    const ended = new PaperYear(program, { on: '2026-12-10', releasedOn: '2026-10-15' });
    ended.on('2027-08-01');
    const withdrawn = new PaperYear(program, { on: '2026-12-10', releasedOn: '2026-10-15' });
    correct(withdrawn, { type: 'withdraw', reason });
    for (const year of [ended, withdrawn]) {
      expect(year.status('oct-1/principal/1')).toBe('preStart');
      expect(year.status('jun-1/slt/2')).toBe('lapsed');
      expect(() => year.complete('oct-1/principal/1')).toThrow(/over|withdrawn/);
    }
    // A deadline has its days of grace in the one, and none in the other.
    const deadline = 'jun-3/principal/1';
    expect([ended.status(deadline), withdrawn.status(deadline)]).toEqual(['open', 'lapsed']);
    expect(ended.on('2027-09-30').status(deadline)).toBe('lapsed');
    expect(ended.status('oct-1/principal/1')).toBe('preStart');
  });
});

describe('a corrected condition', () => {
  const fact = (year: PaperYear, id: string, value: boolean | null) =>
    correct(year, { type: 'correctFact', fact: id, value, reason });
  const begun = () => {
    const year = new PaperYear(program);
    for (const event of ['introduced', 'facilitated']) year.send(`iqfsr.${event}`);
    return year;
  };

  test('exempts a school that turns out to be of CPS from what it has not entered yet', () => {
    const year = begun();
    const entry = fact(year, 'cps', true);
    expect(year.at('iqfsr')).toBe('exempt');
    expect(entry?.changes).toEqual({ iqfsr: ['facilitated', 'exempt'] });
    expect(year.status('jan-1/principal/2')).toBe('notApplicable');
    expect(replay(year.log)).toEqual(year.state);
  });

  test('leaves the results that have been entered alone', () => {
    const year = begun();
    for (const event of ['consensusReached', 'enteredInIwas']) year.send(`iqfsr.${event}`);
    fact(year, 'cps', true);
    expect(year.at('iqfsr')).toBe('enteredInIwas');
  });

  test.each([false, null])('ends the exemption of a school of whose CPS is said %s', (value) => {
    const year = new PaperYear(program, { code: '15-016-2990-25-9001' });
    expect(year.at('iqfsr')).toBe('exempt');
    fact(year, 'cps', value);
    expect(year.at('iqfsr')).toBe('notStarted');
    expect(year.status('nov-4/district/3')).toBe(value === false ? 'open' : 'blocked');
    expect(replay(year.log)).toEqual(year.state);
  });

  test('that was corrected by mistake brings back what was done before', () => {
    const year = begun();
    fact(year, 'cps', true);
    fact(year, 'cps', false);
    expect(year.at('iqfsr')).toBe('facilitated');
    expect(replay(year.log)).toEqual(year.state);
  });

  test('lets a forced exemption be, where it would come back at once', () => {
    const year = begun();
    correct(year, { type: 'force', region: 'iqfsr', state: 'exempt', reason });
    expect(fact(year, 'cps', true)?.transitions).toEqual([]);
    expect(year.at('iqfsr')).toBe('exempt');
  });

  test('selects a district that was passed over, or leaves the selection open', () => {
    const passed = () => new PaperYear(program, { given: { resourceAllocationReview: false } });
    const year = passed();
    fact(year, 'resourceAllocationReview', true);
    expect(year.at('resourceAllocationReview')).toBe('selected');
    expect(year.status('feb-2/district/1')).toBe('open');
    expect(replay(year.log)).toEqual(year.state);
    const unknown = passed();
    fact(unknown, 'resourceAllocationReview', null);
    expect(unknown.at('resourceAllocationReview')).toBe('awaitingSelection');
    expect(unknown.status('feb-2/isbe/1')).toBe('open');
  });

  test('passes over a district that was selected, as long as it has sent in nothing', () => {
    const selected = () => {
      const year = new PaperYear(program);
      year.send('resourceAllocationReview.selected');
      return year;
    };
    const year = selected();
    fact(year, 'resourceAllocationReview', false);
    expect(year.at('resourceAllocationReview')).toBe('notSelected');
    const acted = selected();
    acted.send('resourceAllocationReview.dataSubmitted');
    fact(acted, 'resourceAllocationReview', false);
    expect(acted.at('resourceAllocationReview')).toBe('dataSubmitted');
  });

  test('lets ISBE’s own word stand until it is corrected', () => {
    const year = new PaperYear(program, { given: { resourceAllocationReview: true } });
    year.send('resourceAllocationReview.notSelected');
    year.complete('oct-1/district/1');
    expect(year.at('resourceAllocationReview')).toBe('notSelected');
    expect(() => year.send('resourceAllocationReview.takenIn')).toThrow(/never by hand/);
  });

  test('asks a newly designated school for the webinar, and holds up nobody else by it', () => {
    const year = new PaperYear(program, { given: { newlyDesignated: true } });
    year.send('designation.letterReceived');
    year.send('designation.coordinatorMet');
    expect(year.status('nov-2/principal/1')).toBe('open');
    fact(year, 'newlyDesignated', null);
    expect(year.status('nov-2/principal/1')).toBe('blocked');
    year.send('orientation.introduced');
    expect(fact(year, 'newlyDesignated', false)?.transitions).toEqual([]);
    expect(year.status('nov-2/principal/1')).toBe('notApplicable');
    expect(replay(year.log)).toEqual(year.state);
  });

  test('that becomes known lets follow what was done while it was not', () => {
    const year = new PaperYear(program);
    fact(year, 'cps', null);
    expect(year.standing('jan-1/principal/2')).toMatchObject({ status: 'blocked', doable: true });
    year.complete('jan-1/principal/2');
    expect(year.at('iqfsr')).toBe('notStarted');
    fact(year, 'cps', false);
    for (const event of ['introduced', 'facilitated', 'consensusReached'])
      year.send(`iqfsr.${event}`);
    expect(year.at('iqfsr')).toBe('enteredInIwas');
    expect(replay(year.log)).toEqual(year.state);
  });

  test('is played again in its own place when something before it is taken back', () => {
    const year = new PaperYear(program, { code: '15-016-2990-25-9001' });
    year.send('designation.letterReceived');
    fact(year, 'cps', false);
    year.send('iqfsr.introduced');
    correct(year, { type: 'undo', region: 'designation', reason });
    expect([year.at('designation'), year.at('iqfsr')]).toEqual(['released', 'introduced']);
    correct(year, { type: 'undo', region: 'iqfsr', reason });
    expect(year.at('iqfsr')).toBe('notStarted');
    expect(() => correct(year, { type: 'undo', region: 'iqfsr', reason })).toThrow(/nothing/i);
  });

  test('brings a finished year back to life', () => {
    const year = new PaperYear(program, { code: '15-016-2990-25-9001' });
    for (const region of year.model.machines.regions) {
      const last = Object.keys(region.states).findLast((state) => isFinal(region, state))!;
      if (year.at(region.key) !== last && region.key !== 'iqfsr')
        correct(year, { type: 'force', region: region.key, state: last, reason });
    }
    expect(year.state.status).toBe('done');
    fact(year, 'cps', false);
    expect([year.state.status, year.at('iqfsr')]).toEqual(['active', 'notStarted']);
    expect(replay(year.log)).toEqual(year.state);
  });

  test('takes tasks away or brings them, and what waits on it follows', () => {
    const year = new PaperYear(program, { given: { newlyDesignated: true } });
    expect(year.status('nov-2/principal/1')).toBe('open');
    correct(year, { type: 'correctFact', fact: 'newlyDesignated', value: false, reason });
    expect(year.status('nov-2/principal/1')).toBe('notApplicable');
    correct(year, { type: 'correctFact', fact: 'resourceAllocationReview', value: false, reason });
    expect(year.at('resourceAllocationReview')).toBe('notSelected');
    expect(replay(year.log)).toEqual(year.state);
  });

  test('counts from its own place in the log when something is undone later', () => {
    const year = new PaperYear(program);
    correct(year, { type: 'correctFact', fact: 'cps', value: true, reason });
    expect(year.at('iqfsr')).toBe('exempt');
    year.send('designation.letterReceived');
    correct(year, { type: 'undo', region: 'designation', reason });
    expect(year.at('iqfsr')).toBe('exempt');
  });
});

describe('withdrawal', () => {
  test('ends the year: its tasks lapse and nothing more is possible', () => {
    const year = new PaperYear(program);
    correct(year, { type: 'withdraw', reason });
    expect(year.state.status).toBe('withdrawn');
    expect(year.status('oct-1/district/1')).toBe('lapsed');
    expect(() => year.send('designation.letterReceived')).toThrow(/withdrawn/);
    year.on('2027-08-01');
    expect(year.at('qer2')).toBe('quarterOpen');
  });

  test('can be taken back: the year goes on, and time makes up for what it missed', () => {
    const year = new PaperYear(program);
    year.complete('oct-1/district/1');
    correct(year, { type: 'withdraw', reason });
    year.on('2027-02-10');
    const entry = correct(year, { type: 'reinstate', reason });
    expect(entry?.status).toEqual(['withdrawn', 'active']);
    expect(year.at('qer2')).toBe('preparing');
    expect(year.status('oct-1/district/1')).toBe('done');
    expect(year.status('oct-1/principal/1')).toBe('open');
    expect(replay(year.log)).toEqual(year.state);
    expect(() => correct(year, { type: 'reinstate', reason })).toThrow(/not withdrawn/);
  });

  test('lets nothing but its own end and notes through', () => {
    const year = new PaperYear(program);
    year.send('designation.letterReceived');
    correct(year, { type: 'withdraw', reason });
    const task = 'jan-1/principal/2';
    const acts: Command[] = [
      { kind: 'event', type: 'designation.coordinatorMet' },
      { kind: 'complete', task, evidence: [] },
      { kind: 'reopen', task: 'oct-1/district/1', reason },
      { kind: 'meeting', activity: 'nov-4', who: [] },
      { kind: 'correct', correction: { type: 'force', region: 'sip', state: 'drafting', reason } },
      { kind: 'correct', correction: { type: 'undo', region: 'designation', reason } },
      { kind: 'correct', correction: { type: 'waive', task, reason } },
      { kind: 'correct', correction: { type: 'extend', task, dueOn: '2027-02-07', reason } },
      { kind: 'correct', correction: { type: 'correctFact', fact: 'cps', value: true, reason } },
    ];
    for (const act of acts) expect(() => year.do(act)).toThrow(/withdrawn.*"reinstate"/);
    year.do({ kind: 'note', task: null, links: [], note: 'The appeal is under way.' });
    expect(year.state.status).toBe('withdrawn');
  });
});

describe('through the API', () => {
  let api: TestApp;
  let coach: Client;
  let id: string;
  const school = '98-901-0010-26-0001';
  const ANY = { 'if-match': '*' };

  beforeAll(async () => {
    api = await testApp({ now: '2027-01-17T15:00:00Z' });
    coach = api.as(await api.keyFor({ scope: { schools: [school] } }));
    await api.admin.csv(
      '/v1/imports/schools',
      `rcdts,school_name,district_name,city,county,school_type,grades_served,enrollment\n${school},S,D,T,C,H,9,1`,
    );
    const reply = await api.admin.post('/v1/planning-years', {
      program: 'isbe-comprehensive',
      year: '2026-27',
      school,
      designation: 'Comprehensive',
      releasedOn: '2026-10-15',
    });
    id = reply.json().id;
    const person = await api.admin.post('/v1/people', { name: 'P', email: 'p@example.invalid' });
    await api.admin.post('/v1/assignments', {
      person: person.json().id,
      program: 'isbe-comprehensive',
      role: 'principal',
      organization: { kind: 'school', code: school },
      from: '2026-10-01',
    });
  });
  afterAll(() => api.close());

  const act = (type: string, data: object, query = '') =>
    coach.post(`/v1/planning-years/${id}/events${query}`, { type, data }, ANY);

  test('each is offered with a schema, and needs its reason', async () => {
    const { corrections } = (await coach.get(`/v1/planning-years/${id}`)).json();
    expect(corrections.map(({ type }: { type: string }) => type)).toEqual([
      'undo',
      'force',
      'waive',
      'extend',
      'correctFact',
      'withdraw',
    ]);
    expect(corrections[0].dataSchema.properties.region.enum).toContain('iqfsr');
    const reply = await act('force', { region: 'iqfsr', state: 'consensus' });
    expect(reply.statusCode).toBe(400);
    expect(reply.json().errors).toEqual([expect.objectContaining({ pointer: '/data/reason' })]);
  });

  test('a dry run tells states, tasks and mails, and leaves everything as it was', async () => {
    const before = (await coach.get(`/v1/planning-years/${id}`)).body;
    const reply = await act(
      'force',
      { region: 'iqfsr', state: 'enteredInIwas', reason },
      '?dryRun=true',
    );
    expect(reply.statusCode).toBe(200);
    const { event, tasks, mails } = reply.json();
    expect(event.changes).toEqual({ iqfsr: ['notStarted', 'enteredInIwas'] });
    // Nobody says that what it passes was done: it is waived.
    const entered = tasks.find(({ title }: { title: string }) => /^Enter/.test(title));
    expect(entered).toMatchObject({ role: 'principal', from: 'open', to: 'waived' });
    expect(new Set(tasks.map(({ to }: { to: string }) => to))).toEqual(new Set(['waived']));
    expect(
      mails.dropped.some((mail: { tasks: string[] }) => mail.tasks.includes(entered.task)),
    ).toBe(true);
    expect((await coach.get(`/v1/planning-years/${id}`)).body).toBe(before);
  });

  test('a dry run of a corrected condition tells what follows by itself', async () => {
    const data = { fact: 'cps', value: true, reason };
    const reply = await act('correctFact', data, '?dryRun=true');
    const { event, tasks } = reply.json();
    expect(event).toMatchObject({
      changes: { iqfsr: ['notStarted', 'exempt'] },
      transitions: [{ event: 'iqfsr.exempted', automatic: true }],
    });
    expect(tasks.every(({ to }: { to: string }) => to === 'notApplicable')).toBe(true);
    expect(tasks.length).toBeGreaterThan(5);
  });

  test('an extension to an earlier date is refused where the date stands', async () => {
    const { data } = (await coach.get(`/v1/tasks?planningYear=${id}&dueFrom=2027-01-31`)).json();
    const extension = { dueOn: '2027-01-30', reason: 'Snow closure.' };
    const own = await coach.post(`/v1/tasks/${data[0].id}/extend`, extension, ANY);
    expect([own.statusCode, own.json().errors]).toEqual([
      400,
      [{ pointer: '/dueOn', detail: expect.stringContaining('later than 2027-01-31') }],
    ]);
    const asEvent = await act('extend', { task: data[0].id, ...extension });
    expect(asEvent.json().errors).toEqual([expect.objectContaining({ pointer: '/data/dueOn' })]);
    const same = await act('extend', { task: data[0].id, dueOn: '2027-01-31', reason });
    expect([same.statusCode, same.json().code]).toEqual([409, 'already-so']);
  });

  test('a withdrawn year offers its reinstatement alone, which the state is told of', async () => {
    await act('withdraw', { reason });
    const year = (await coach.get(`/v1/planning-years/${id}`)).json();
    expect(year.possibleEvents).toEqual([]);
    expect(year.corrections.map(({ type }: { type: string }) => type)).toEqual(['reinstate']);
    const refused = await act('force', { region: 'iqfsr', state: 'consensus', reason });
    expect([refused.statusCode, refused.json().code]).toEqual([409, 'year-withdrawn']);
    expect(refused.json().detail).toContain('"reinstate"');
    const twin = await api.admin.post('/v1/planning-years', {
      ...{ program: 'isbe-comprehensive', year: '2026-27', school },
      ...{ designation: 'Comprehensive', releasedOn: '2026-10-15' },
    });
    expect(twin.json().detail).toContain('can be reinstated');
    const principal = api.as(await api.keyFor({ role: 'principal', scope: { schools: [school] } }));
    const url = `/v1/planning-years/${id}/events`;
    const own = await principal.post(url, { type: 'reinstate', data: { reason } }, ANY);
    expect(own.statusCode).toBe(403);
    const back = await act('reinstate', { reason: 'The appeal was lost.' });
    expect([back.statusCode, back.json().status]).toEqual([201, 'active']);
    const told = (await api.admin.get('/v1/reports/interventions')).json().data;
    expect(told.map(({ reason }: { reason: string }) => reason)).toContain('The appeal was lost.');
    const { corrections } = (await coach.get(`/v1/planning-years/${id}`)).json();
    expect(corrections.map(({ type }: { type: string }) => type)).not.toContain('reinstate');
  });

  test('an extension moves the due date of the task, with its reason in the log', async () => {
    const { data } = (
      await coach.get(
        `/v1/tasks?planningYear=${id}&kind=deadline&dueFrom=2027-01-31&dueTo=2027-01-31`,
      )
    ).json();
    const reply = await coach.post(
      `/v1/tasks/${data[0].id}/extend`,
      { dueOn: '2027-02-07', reason: 'Snow closure.' },
      ANY,
    );
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toMatchObject({ dueOn: '2027-02-07', event: { type: 'extend' } });
    expect(reply.json().event.data.reason).toBe('Snow closure.');
    const waived = await coach.post(`/v1/tasks/${data[0].id}/waive`, { reason: 'Closed.' }, ANY);
    expect(waived.json().status).toBe('waived');
    const principal = api.as(await api.keyFor({ role: 'principal', scope: { schools: [school] } }));
    const refused = await principal.post(`/v1/tasks/${data[0].id}/waive`, { reason: 'x' }, ANY);
    expect(refused.statusCode).toBe(403);
  });
});
