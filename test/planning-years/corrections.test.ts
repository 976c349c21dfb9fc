import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Correction } from '../../src/planning-years/corrections.ts';
import { replay } from '../../src/planning-years/state.ts';
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
  test('reopens what time has closed, once its cause is gone; before, it says that it would not last', () => {
    const year = new PaperYear(program).on('2027-02-10');
    const force = () =>
      correct(year, { type: 'force', region: 'qer2', state: 'preparing', reason });
    expect(year.at('qer2')).toBe('noApprovedGrant');
    expect(force).toThrow(/by itself/);
    for (const event of ['allocationsReleased', 'preparationBegun', 'submitted', 'approved'])
      year.send(`planningGrant.${event}`);
    force();
    expect(year.at('qer2')).toBe('preparing');
    expect(year.status('jan-2/district/submit')).toBe('open');
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
    expect(year.status('jan-1/principal/2')).toBe('blocked');
    expect(year.state.extended).toEqual({ 'jan-1/principal/2': '2027-02-20' });
  });
});

describe('a corrected condition', () => {
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
      { region: 'iqfsr', state: 'consensus', reason },
      '?dryRun=true',
    );
    expect(reply.statusCode).toBe(200);
    const { event, tasks, mails } = reply.json();
    expect(event.changes).toEqual({ iqfsr: ['notStarted', 'consensus'] });
    const entered = tasks.find(({ title }: { title: string }) => /^Enter/.test(title));
    expect(entered).toMatchObject({ role: 'principal', from: 'blocked', to: 'open' });
    expect(mails.added.some((mail: { tasks: string[] }) => mail.tasks.includes(entered.task))).toBe(
      true,
    );
    expect((await coach.get(`/v1/planning-years/${id}`)).body).toBe(before);
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
