import { beforeAll, describe, expect, test } from '@jest/globals';
import { isFinal } from '../../machines/region.ts';
import { replay } from '../../src/planning-years/state.ts';
import type { Program } from '../../src/programs/programs.ts';
import { illinois, PaperYear } from '../support/year.ts';

let program: Program;
beforeAll(async () => {
  program = await illinois();
});

const PLAN = { planHeldElsewhere: true, link: 'https://plans.example.invalid/sip' };

/** Does every task that is open, as long as something opens, on dates through the year. */
function throughTheYear(year: PaperYear, seen = new Set<string>()): Set<string> {
  for (const date of [
    '2026-10-20',
    '2026-12-01',
    '2027-01-05',
    '2027-04-02',
    '2027-07-01',
    '2027-07-31',
  ]) {
    year.on(date);
    for (let moved = true; moved; ) {
      moved = false;
      for (const [key, status] of year.statuses()) {
        if (status === 'open') seen.add(key);
        if (status !== 'open' || year.status(key) !== 'open') continue;
        const { raises } = year.model.task(key);
        const needsData = raises ? year.model.event(raises)?.spec.data?.required : false;
        year.complete(key, needsData ? PLAN : undefined);
        moved = true;
      }
    }
  }
  return seen;
}

describe('a year through its tasks alone', () => {
  const kinds = [
    {
      name: 'newly designated, selected for review',
      code: '98-901-0010-26-0001',
      newly: true,
      rar: true,
    },
    {
      name: 'not newly designated, selection unknown',
      code: '98-901-0010-26-0001',
      newly: false,
      rar: null,
    },
    { name: 'of Chicago, not selected', code: '15-016-2990-25-9001', newly: true, rar: false },
    { name: 'of Chicago, selection unknown', code: '15-016-2990-25-9001', newly: false, rar: null },
  ];
  const seen = new Set<string>();

  test.each(kinds)('a school $name comes to the end', ({ code, newly, rar }) => {
    const year = new PaperYear(program, {
      code,
      given: { newlyDesignated: newly, resourceAllocationReview: rar },
    });
    throughTheYear(year, seen);
    const unfinished = year.model.machines.regions
      .filter((region) => !isFinal(region, year.at(region.key) ?? ''))
      .map((region) => `${region.key}: ${year.at(region.key)}`);
    expect(unfinished).toEqual([]);
    expect(year.state.status).toBe('done');
    expect(replay(year.log)).toEqual(year.state);
  });

  test('every task of the calendar becomes open at some point, in one or another of them', () => {
    const year = new PaperYear(program, { releasedOn: null, on: '2026-10-01' });
    for (const [key, status] of year.statuses()) if (status === 'open') seen.add(key);
    expect(year.model.tasks.map(({ key }) => key).filter((key) => !seen.has(key))).toEqual([]);
  });
});

describe('an act of several parties', () => {
  test('waits for the last of them', () => {
    const year = new PaperYear(program);
    year.complete('oct-1/district/1');
    expect(year.at('designation')).toBe('released');
    const entry = year.complete('oct-1/principal/1');
    expect(year.at('designation')).toBe('letterReceived');
    expect(entry?.changes).toEqual({ designation: ['released', 'letterReceived'] });
    expect(entry?.settledTasks).toEqual(['oct-1/principal/1']);
  });

  test('made by hand, settles the tasks of all', () => {
    const year = new PaperYear(program);
    const entry = year.send('designation.letterReceived');
    expect(entry?.settledTasks).toEqual(['oct-1/district/1', 'oct-1/principal/1']);
    expect(year.status('oct-1/district/1')).toBe('done');
  });
});

describe('one monthly meeting', () => {
  test('settles the meeting items of every role in that month, and nothing else', () => {
    const year = new PaperYear(program);
    const entry = year.complete('nov-4/principal/1');
    expect(entry?.settledTasks.toSorted()).toEqual([
      'nov-4/coordinator/1',
      'nov-4/coordinator/2',
      'nov-4/coordinator/3',
      'nov-4/district/1',
      'nov-4/principal/1',
    ]);
    expect(year.status('dec-1/principal/1')).toBe('open');
  });
});

describe('the status of a task', () => {
  test('is blocked if and only if something is named that stands in its way', () => {
    for (const given of [{}, { newlyDesignated: true, resourceAllocationReview: true }]) {
      const year = new PaperYear(program, { given });
      for (let step = 0; step < 60; step += 1) {
        for (const [key, status] of year.statuses()) {
          const standing = year.standing(key);
          expect(standing.status).toBe(status);
          if (status === 'blocked') expect(standing.obstacles).not.toEqual([]);
          if (status === 'open') expect(standing.obstacles).toEqual([]);
        }
        const open = [...year.statuses()].filter(([, status]) => status === 'open');
        const next = open[(step * 7) % open.length]?.[0];
        const { raises } = year.model.task(next ?? '');
        const needs = raises ? year.model.event(raises)?.spec.data?.required : false;
        year.complete(next ?? '', needs ? PLAN : undefined);
      }
    }
  });
});

describe('what is blocked says why and whose doing would help', () => {
  test('a plan waits for the priorities', () => {
    const year = new PaperYear(program);
    const { status, obstacles } = year.standing('may-1/principal/conduct');
    expect(status).toBe('blocked');
    expect(obstacles[0]?.roles).toContain('principal');
    year.send('rootCause.meetingSet');
    expect(year.standing('may-1/principal/conduct').obstacles).toEqual([
      expect.objectContaining({
        tasks: ['may-1/vendor/1'],
        roles: expect.arrayContaining(['vendor']),
      }),
    ]);
    expect(() => year.send('rootCause.conducted')).toThrow(/final needs assessment report/);
  });

  test('an unknown condition blocks, a contrary one takes the task away', () => {
    expect(new PaperYear(program).status('nov-2/principal/1')).toBe('blocked');
    const old = new PaperYear(program, { given: { newlyDesignated: false } });
    expect(old.status('nov-2/principal/1')).toBe('notApplicable');
  });

  test('nothing opens before the designation is released', () => {
    const year = new PaperYear(program, { releasedOn: null });
    const open = [...year.statuses()].filter(([, status]) => status === 'open');
    expect(open.map(([key]) => key)).toEqual(['oct-1/isbe/1']);
  });
});

describe('a return', () => {
  test('asks again for all that it takes back', () => {
    const year = new PaperYear(program);
    for (const event of ['allocationsReleased', 'preparationBegun', 'submitted'])
      year.send(`planningGrant.${event}`);
    expect(year.status('dec-4/district/1')).toBe('done');
    const entry = year.send('planningGrant.returned');
    expect(entry?.reopenedTasks).toEqual(['dec-4/district/1']);
    expect(year.status('dec-4/district/1')).toBe('open');
    year.complete('dec-4/district/1');
    expect(year.at('planningGrant')).toBe('submitted');
  });
});

describe('reopening a task', () => {
  test('undoes the event that it raised, and what followed from it by itself', () => {
    const year = new PaperYear(program);
    for (const task of ['may-1/district/2', 'may-1/principal/2']) year.complete(task);
    bringReport(year);
    year.complete('may-1/principal/conduct');
    year.complete('may-1/district/3');
    year.complete('may-1/principal/3');
    expect(year.at('sip')).toBe('drafting');
    const entry = year.reopen('may-1/principal/3', 'Too early.');
    expect(entry?.data).toEqual({ task: 'may-1/principal/3', reason: 'Too early.' });
    expect(year.at('rootCause')).toBe('conducted');
    expect(year.at('sip')).toBe('notStarted');
    expect(entry?.changes).toEqual({
      rootCause: ['prioritiesNamed', 'conducted'],
      sip: ['drafting', 'notStarted'],
    });
    expect(year.status('may-1/district/3')).toBe('done');
    expect(replay(year.log)).toEqual(year.state);
    year.complete('may-1/principal/3');
    expect(year.at('sip')).toBe('drafting');
  });

  test('is refused, naming them, while later acts rest on it', () => {
    const year = new PaperYear(program);
    year.send('rootCause.meetingSet');
    bringReport(year);
    year.send('rootCause.conducted');
    expect(() => year.reopen('may-1/vendor/1')).toThrow(/Root cause|root cause/);
    expect(year.at('needsAssessment')).toBe('reportIssued');
  });

  test('brings a finished year back to life, and its lapsed tasks with it', () => {
    const year = new PaperYear(program, {
      given: { newlyDesignated: false, resourceAllocationReview: false },
    });
    throughTheYear(year);
    year.reopen('jul-3/district/approve', 'The board has not met.');
    expect(year.state.status).toBe('active');
    expect(year.at('learningPartner')).toBe('contractScheduled');
    expect(year.status('jul-3/district/approve')).toBe('open');
  });
});

describe('time', () => {
  test('closes the quarters on their own dates, also after a long stop', () => {
    const year = new PaperYear(program).on('2027-02-10');
    expect(year.at('qer2')).toBe('noApprovedGrant');
    expect(
      year.log
        .filter(({ type }) => type === 'clock.advanced')
        .map(({ effectiveOn, changes }) => [effectiveOn, changes]),
    ).toEqual([
      ['2027-01-01', { qer2: ['quarterOpen', 'preparing'] }],
      ['2027-01-21', { qer2: ['preparing', 'noApprovedGrant'] }],
    ]);
    expect(year.status('jan-2/district/submit')).toBe('notApplicable');
  });

  test('is never backward: an effective date in the future is refused', () => {
    const year = new PaperYear(program);
    expect(() =>
      year.do({ kind: 'event', type: 'designation.letterReceived', effectiveOn: '2026-10-16' }),
    ).toThrow(/future/);
  });

  test('reaches back to the release and no further, to October for what was told before', () => {
    const dated = (year: PaperYear, effectiveOn: string) =>
      year.do({ kind: 'event', type: 'surveys.progressSent', effectiveOn });
    const year = new PaperYear(program, { on: '2026-11-20', releasedOn: '2026-10-15' });
    for (const date of ['1900-01-01', '2026-10-14'])
      expect(() => dated(year, date)).toThrow(/before all that this year tells/);
    year.do({ kind: 'contact', by: 'phone', effectiveOn: '2026-10-02' });
    expect(dated(year, '2026-10-15')?.warnings).toEqual([]);
    const taken = new PaperYear(program, {
      ...{ on: '2026-11-20', releasedOn: '2026-10-15', regions: { iqfsr: 'introduced' } },
    });
    expect(() => dated(taken, '2026-09-30')).toThrow(/before all that this year tells/);
    expect(dated(taken, '2026-10-01')?.changes.surveys).toEqual(['awaited', 'progressSent']);
    const early = new PaperYear(program, { on: '2026-09-20', releasedOn: null }).on('2026-10-20');
    expect(early.send('designation.released')?.warnings).toEqual([]);
  });

  test('that runs against the order of a region is taken, with a warning', () => {
    const year = new PaperYear(program);
    year.on('2026-12-10').send('iqfsr.introduced');
    const facilitated = (effectiveOn: string) =>
      year.do({ kind: 'event', type: 'iqfsr.facilitated', effectiveOn });
    const entry = facilitated('2026-12-01');
    expect(entry?.warnings).toEqual([expect.stringContaining('"Introduced" on 2026-12-10')]);
    correct(year);
    expect(facilitated('2026-12-10')?.warnings).toEqual([]);
  });

  test('a task due before the year was opened here is not late but was before our time', () => {
    const year = new PaperYear(program, { on: '2026-12-10', releasedOn: '2026-10-15' });
    expect(year.status('oct-1/principal/1')).toBe('preStart');
    year.complete('oct-1/principal/1');
    expect(year.status('oct-1/principal/1')).toBe('done');
  });
});

const correct = (year: PaperYear) =>
  year.do({ kind: 'correct', correction: { type: 'undo', region: 'iqfsr', reason: 'Wrong day.' } });

function bringReport(year: PaperYear): void {
  for (const event of ['contractSigned', 'meetingsSet', 'dataAnalysed', 'reportIssued'])
    year.send(`needsAssessment.${event}`);
}
