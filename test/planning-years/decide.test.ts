import { beforeAll, describe, expect, test } from '@jest/globals';
import { apply } from '../../machines/advance.ts';
import { eventsAfter } from '../../machines/reach.ts';
import { isFinal } from '../../machines/region.ts';
import { replay, statesOf } from '../../src/planning-years/state.ts';
import type { Program } from '../../src/programs/programs.ts';
import { illinois, PaperYear } from '../support/year.ts';
import { PLAN, throughTheYear } from './support/through-the-year.ts';

let program: Program;
beforeAll(async () => {
  program = await illinois();
});

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
  test('is blocked only if something is named that stands in its way; what is open names what holds back its event alone', () => {
    for (const given of [{}, { newlyDesignated: true, resourceAllocationReview: true }]) {
      const year = new PaperYear(program, { given });
      for (let step = 0; step < 60; step += 1) {
        for (const [key, status] of year.statuses()) {
          const { obstacles, doable, ...standing } = year.standing(key);
          expect(standing.status).toBe(status);
          if (status === 'blocked') {
            expect(obstacles).not.toEqual([]);
            expect(doable).toBe(year.model.task(key).kind === 'deadline');
          }
          if (status === 'open') {
            expect(doable).toBe(true);
            expect([key, obstacles.length > 0]).toEqual([key, eventWaits(year, key)]);
          }
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

/** Whether the event that a task raises lies ahead and can't happen yet. */
function eventWaits({ model, state, today }: PaperYear, key: string): boolean {
  const { raises } = model.task(key);
  if (raises === null) return false;
  const { region } = model.event(raises)!;
  if (!eventsAfter(region, state.regions[region.key]!.state).includes(raises)) return false;
  const facts = { conditions: state.conditions, today, dates: model.dates };
  return !apply(model.machines, statesOf(state), { type: raises }, facts).ok;
}

describe('what is blocked says why and whose doing would help', () => {
  test('priorities wait for the final report, the analysis before them only warns of it', () => {
    const year = new PaperYear(program);
    const { status, obstacles } = year.standing('may-1/principal/conduct');
    expect(status).toBe('blocked');
    expect(obstacles[0]?.roles).toContain('principal');
    year.send('rootCause.meetingSet');
    expect(year.standing('may-1/principal/conduct')).toMatchObject({
      ...{ status: 'open', obstacles: [] },
    });
    const entry = year.complete('may-1/principal/conduct');
    expect(entry?.warnings).toEqual([expect.objectContaining({ code: 'report-not-issued' })]);
    expect(year.standing('may-1/principal/3').obstacles).toEqual([
      expect.objectContaining({
        tasks: ['may-1/vendor/1'],
        roles: expect.arrayContaining(['vendor']),
      }),
    ]);
    expect(() => year.send('rootCause.prioritiesNamed')).toThrow(/final needs assessment report/);
  });

  test('a plan may be drafted from the release on, and is complete only once there are priorities', () => {
    const year = new PaperYear(program);
    expect(year.at('sip')).toBe('drafting');
    expect(year.status('jun-1/district/2')).toBe('open');
    const { status, obstacles } = year.standing('jun-1/principal/2');
    expect([status, obstacles[0]?.tasks]).toEqual([
      ...['blocked', ['may-1/district/3', 'may-1/principal/3']],
    ]);
    expect(() => year.send('sip.completed', PLAN)).toThrow(/priorities/);
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
    // They met before either had confirmed the letter: the meeting follows it by itself.
    for (const task of ['nov-3/district/1', 'nov-3/principal/1']) year.complete(task);
    year.complete('oct-1/district/1');
    year.complete('oct-1/principal/1');
    expect(year.at('designation')).toBe('coordinatorMet');
    const entry = year.reopen('oct-1/principal/1', 'Too early.');
    expect(entry?.data).toEqual({ task: 'oct-1/principal/1', reason: 'Too early.' });
    expect(entry?.changes).toEqual({ designation: ['coordinatorMet', 'released'] });
    expect(entry?.undoes.map(({ event }) => event)).toEqual([
      'designation.letterReceived',
      'designation.coordinatorMet',
    ]);
    expect(year.status('oct-1/district/1')).toBe('done');
    expect(year.status('nov-3/district/1')).toBe('done');
    expect(replay(year.log)).toEqual(year.state);
    year.complete('oct-1/principal/1');
    expect(year.at('designation')).toBe('coordinatorMet');
  });

  test('is refused, naming them, while later acts rest on it', () => {
    const year = new PaperYear(program);
    year.send('rootCause.meetingSet');
    bringReport(year);
    year.send('rootCause.conducted');
    year.send('rootCause.prioritiesNamed');
    expect(() => year.reopen('may-1/vendor/1')).toThrow(/"Priorities for the plan named"/);
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

describe('one month’s guidance', () => {
  const [december, january] = ['dec-1/coordinator/2', 'jan-1/coordinator/3'];
  const reviewed = () => {
    const year = new PaperYear(program);
    for (const event of ['named', 'compositionReviewed']) year.send(`leadershipTeam.${event}`);
    return year;
  };
  const team = (year: PaperYear) => [
    ...[year.at('leadershipTeam'), year.status(december), year.status(january)],
  ];

  test('moves the team to work, and that of the other months stays to be given', () => {
    const year = reviewed();
    expect(year.complete(december)?.settledTasks).toEqual([december]);
    expect(team(year)).toEqual(['atWork', 'done', 'open']);
    expect(year.complete(january)).toMatchObject({ transitions: [], warnings: [] });
    expect(team(year)).toEqual(['atWork', 'done', 'done']);
    // Another month's moves the team as well.
    const late = reviewed();
    late.complete(january);
    expect(team(late)).toEqual(['atWork', 'open', 'done']);
  });

  test('takes the team back only where it was what moved it, and not where another month’s stands', () => {
    const year = reviewed();
    year.complete(december);
    year.complete(january);
    expect(year.reopen(january)).toMatchObject({ undoes: [], transitions: [] });
    expect(team(year)).toEqual(['atWork', 'done', 'open']);
    expect(year.reopen(december, 'It was not given.')?.changes).toEqual({
      leadershipTeam: ['atWork', 'compositionReviewed'],
    });
    expect(team(year)).toEqual(['compositionReviewed', 'open', 'open']);

    const both = reviewed();
    both.complete(december);
    both.complete(january);
    const entry = both.reopen(december, 'It was not given.');
    expect(entry?.transitions).toMatchObject([
      { event: 'leadershipTeam.beganWork', automatic: true },
    ]);
    expect(team(both)).toEqual(['atWork', 'open', 'done']);
    expect(replay(both.log)).toEqual(both.state);
  });

  test('given before the team was reviewed, moves it then, and is what is taken back', () => {
    const year = new PaperYear(program);
    expect(year.complete(december)?.warnings).toEqual([
      expect.objectContaining({ code: 'event-held-back' }),
    ]);
    year.send('leadershipTeam.named');
    year.send('leadershipTeam.compositionReviewed');
    expect(team(year)).toEqual(['atWork', 'done', 'open']);
    year.complete(january);
    expect(year.reopen(january)?.undoes).toEqual([]);
    year.reopen(december, 'It was not given.');
    expect(team(year)).toEqual(['compositionReviewed', 'open', 'open']);
    expect(replay(year.log)).toEqual(year.state);
  });

  test('of two given before it, the team rests on either', () => {
    const year = new PaperYear(program);
    year.complete(december);
    year.complete(january);
    year.send('leadershipTeam.named');
    year.send('leadershipTeam.compositionReviewed');
    expect(year.reopen(january)?.undoes).toEqual([]);
    expect(team(year)).toEqual(['atWork', 'done', 'open']);
    year.reopen(december, 'It was not given.');
    expect(team(year)).toEqual(['compositionReviewed', 'open', 'open']);
  });
});

describe('time', () => {
  test('closes the quarters on their own dates, also after a long stop', () => {
    const year = new PaperYear(program).on('2027-02-10');
    expect(
      year.log
        .filter(({ type }) => type === 'clock.advanced')
        .map(({ effectiveOn, changes }) => [effectiveOn, changes]),
    ).toEqual([['2027-01-01', { qer2: ['quarterOpen', 'preparing'] }]]);
    // That the report's date has passed without a tick concludes nothing.
    expect(year.at('qer2')).toBe('preparing');
    expect(year.status('jan-2/district/submit')).toBe('open');
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
      expect(() => dated(year, date)).toThrow(/before this planning year began/);
    year.do({ kind: 'contact', by: 'phone', effectiveOn: '2026-10-02' });
    expect(dated(year, '2026-10-15')?.warnings).toEqual([]);
    const taken = new PaperYear(program, {
      ...{ on: '2026-11-20', releasedOn: '2026-10-15', regions: { iqfsr: 'introduced' } },
    });
    expect(() => dated(taken, '2026-09-30')).toThrow(/before this planning year began/);
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
    expect(entry?.warnings).toEqual([
      { code: 'out-of-order', detail: expect.stringContaining('"Introduced" on 2026-12-10') },
    ]);
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
