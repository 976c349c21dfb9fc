import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  anchorDates,
  dateIn,
  dueDates,
  PlanningYearError,
  planningYear,
  schoolYearOf,
  todayIn,
} from '../../calendar/dates.ts';
import { pack, task, tasks } from './illinois.ts';

const { program } = pack;
const due = (id: string, year: string, parameters?: Record<string, string>) =>
  dueDates(program, year, task(id).month, task(id), parameters);
const years = fc.integer({ min: 2020, max: 2100 });
const nameOf = (first: number) => `${first}-${String((first + 1) % 100).padStart(2, '0')}`;

describe('a planning year', () => {
  test('runs from October to July', () => {
    expect(planningYear(program, '2026-27')).toEqual({
      name: '2026-27',
      first: '2026-10-01',
      last: '2027-07-31',
      until: '2027-08-01',
      closesOn: '2027-09-30',
    });
  });

  test('closes after its days of grace, or with its last day where there are none', () => {
    const graceOf = (graceDays: number) => ({
      ...program,
      months: { ...program.months, graceDays },
    });
    fc.assert(
      fc.property(years, fc.nat(90), (first, days) => {
        const { last, until, closesOn } = planningYear(graceOf(days), nameOf(first));
        expect([daysBetween(last, until), daysBetween(until, closesOn)]).toEqual([1, days]);
      }),
    );
    const { graceDays: _, ...months } = program.months;
    const ofAnEarlierRelease = { ...program, months } as typeof program;
    expect(planningYear(ofAnEarlierRelease, '2026-27').closesOn).toBe('2027-08-01');
  });

  test('may cross a century', () => {
    expect(planningYear(program, '2099-00').last).toBe('2100-07-31');
  });

  test.each(['2026', '2026-28', '2026-2027', '26-27', '2026-26', ' 2026-27', '1026-27', ''])(
    'is not named "%s"',
    (name) => {
      expect(() => planningYear(program, name)).toThrow(PlanningYearError);
      expect(() => dateIn(program, name, { month: 1, day: 31 })).toThrow('such as 2026-27');
    },
  );

  test('belongs to the school year of the release, which begins in July', () => {
    expect(schoolYearOf(program, '2026-10-30')).toBe('2026-27');
    expect(schoolYearOf(program, '2027-06-30')).toBe('2026-27');
    expect(schoolYearOf(program, '2027-07-01')).toBe('2027-28');
    expect(schoolYearOf(program, '2099-10-01')).toBe('2099-00');
  });

  test('has its anchor dates where the quarters end, and nowhere else', () => {
    expect(anchorDates(program, '2026-27')).toEqual({
      quarter2Ends: '2026-12-31',
      quarter3Ends: '2027-03-31',
      quarter4Ends: '2027-06-30',
    });
  });
});

describe('due dates', () => {
  test('the IQFSR is due on January 31; when that is a Sunday, aim at the Friday', () => {
    expect(due('jan-1/principal/2', '2026-27')).toEqual({
      dueOn: '2027-01-31',
      safeBy: '2027-01-29',
    });
  });

  test('on a Saturday, aim at the day before', () => {
    expect(due('jan-1/principal/2', '2025-26').safeBy).toBe('2026-01-30');
  });

  test('a due date from Monday to Friday needs no earlier day', () => {
    expect(due('jan-1/principal/2', '2027-28')).toEqual({ dueOn: '2028-01-31', safeBy: null });
  });

  test('the QER is due on the 20th after the quarter and safe on the 19th', () => {
    expect(due('jan-2/district/submit', '2026-27')).toEqual({
      dueOn: '2027-01-20',
      safeBy: '2027-01-19',
    });
    expect(due('apr-2/district/1', '2026-27')).toEqual({
      dueOn: '2027-04-20',
      safeBy: '2027-04-19',
    });
    expect(due('jun-4/district/1', '2026-27')).toEqual({
      dueOn: '2027-07-20',
      safeBy: '2027-07-19',
    });
  });

  test('the QER is due twenty days after the end of its quarter, in any year', () => {
    fc.assert(
      fc.property(years, (first) => {
        const ends = anchorDates(program, nameOf(first));
        const late = [
          [ends.quarter2Ends, 'jan-2/district/submit'],
          [ends.quarter3Ends, 'apr-2/district/1'],
          [ends.quarter4Ends, 'jun-4/district/1'],
        ].map(([end, id]) => daysBetween(end!, due(id!, nameOf(first)).dueOn!));
        expect(late).toEqual([20, 20, 20]);
      }),
    );
  });

  test('without a date of its own a task is due on the last day of its month, leap years too', () => {
    expect(due('feb-1/slt/1', '2026-27')).toEqual({ dueOn: '2027-02-28', safeBy: null });
    expect(due('feb-1/slt/1', '2027-28').dueOn).toBe('2028-02-29');
    expect(due('feb-1/slt/1', '2099-00').dueOn).toBe('2100-02-28');
    expect(due('nov-3/district/1', '2026-27').dueOn).toBe('2026-11-30');
  });

  test('a date set anew each year is due once it is set', () => {
    expect(due('dec-4/district/1', '2026-27')).toEqual({ dueOn: null, safeBy: null });
    expect(due('dec-4/district/1', '2026-27', { planningGrantDue: '2026-12-18' }).dueOn).toBe(
      '2026-12-18',
    );
  });

  test('the approval is due a month after the application, else at the end of December', () => {
    expect(due('dec-4/isbe/approve', '2026-27')).toEqual({ dueOn: '2026-12-31', safeBy: null });
    expect(due('dec-4/isbe/approve', '2026-27', { planningGrantDue: '2026-12-18' })).toEqual({
      dueOn: '2027-01-18',
      safeBy: null,
    });
  });

  test('the plan goes to the board by the day on which its agenda is posted', () => {
    const board = 'jul-1/district/board';
    expect(due(board, '2026-27')).toEqual({ dueOn: null, safeBy: null });
    expect(due(board, '2026-27', { boardMeetingSip: '2027-07-01' })).toEqual({
      dueOn: '2027-07-01',
      safeBy: '2027-06-29',
    });
    expect(due('jul-1/district/vote', '2026-27', { boardMeetingSip: '2027-07-01' })).toEqual({
      dueOn: '2027-07-01',
      safeBy: null,
    });
  });

  test('a vote is scheduled two days before the meeting, else by the end of July', () => {
    expect(due('jul-3/district/1', '2026-27')).toEqual({ dueOn: '2027-07-31', safeBy: null });
    expect(due('jul-3/district/1', '2026-27', { boardMeetingPartner: '2027-07-19' })).toEqual({
      dueOn: '2027-07-17',
      safeBy: null,
    });
  });

  test('days before and after a date set anew each year are counted by the calendar', () => {
    const set = fc
      .date({ min: new Date('2026-10-01'), max: new Date('2027-09-29'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    const offsets = fc.integer({ min: -60, max: 60 });
    const aims = fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined });
    fc.assert(
      fc.property(set, offsets, aims, (date, offset, daysBefore) => {
        const parameter = 'boardMeetingSip';
        const safeBy = daysBefore === undefined ? {} : { safeBy: { daysBefore } };
        const found = dueDates(
          program,
          '2026-27',
          7,
          { due: { parameter, offset, ...safeBy } },
          { [parameter]: date },
        );
        expect(daysBetween(date, found.dueOn!)).toBe(offset);
        expect(found.safeBy && daysBetween(found.safeBy, found.dueOn!)).toBe(daysBefore ?? null);
      }),
    );
  });

  test('in any year, each lies in the year and its safe day is a working day just before', () => {
    fc.assert(
      fc.property(years, fc.constantFrom(...tasks), (first, each) => {
        const { first: begins, until } = planningYear(program, nameOf(first));
        const { dueOn, safeBy } = dueDates(program, nameOf(first), each.month, each);
        if (dueOn === null) return each.due !== undefined && 'parameter' in each.due;
        const early = safeBy === null || (safeBy < dueOn && daysBetween(safeBy, dueOn) <= 2);
        return begins <= dueOn && dueOn < until && early;
      }),
      { numRuns: 2000 },
    );
  });

  test('in any year, the IQFSR can be entered on a working day', () => {
    fc.assert(
      fc.property(years, (first) => {
        const { dueOn, safeBy } = due('jan-1/principal/2', nameOf(first));
        return weekday(safeBy ?? dueOn!) <= 5 && (safeBy === null) === weekday(dueOn!) <= 5;
      }),
    );
  });
});

describe('today', () => {
  test.each([
    ['2026-11-01T04:59:00Z', '2026-10-31'],
    ['2026-11-01T05:00:00Z', '2026-11-01'],
    ['2026-11-02T05:59:00Z', '2026-11-01'],
    ['2027-03-14T05:59:00Z', '2027-03-13'],
    ['2027-03-14T06:00:00Z', '2027-03-14'],
    ['2027-03-15T04:59:00Z', '2027-03-14'],
    ['2027-03-15T05:00:00Z', '2027-03-15'],
  ])('at %s it is %s in Chicago, whether its clocks changed or not', (instant, date) => {
    expect(todayIn('America/Chicago', new Date(instant))).toBe(date);
  });

  test('a zone that does not exist is an error, not a guess', () => {
    expect(() => todayIn('America/Springfield', new Date(0))).toThrow('America/Springfield');
  });
});

// Counted without the library that computes them.
const days = (date: string) => Date.parse(`${date}T00:00:00Z`) / 86_400_000;
const daysBetween = (from: string, to: string) => days(to) - days(from);
const weekday = (date: string) => new Date(`${date}T00:00:00Z`).getUTCDay() || 7;
