import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dueDates } from '../../calendar/dates.ts';
import type { Holiday, ReminderRule } from '../../calendar/shape.ts';
import { addDays } from '../../src/reminders/days.ts';
import { isCurrent, isPastAim, occasionsOn } from '../../src/reminders/occasions.ts';
import { pack as illinois, task } from '../calendar/illinois.ts';
import { keys, missed, month, near, packOf, told } from './support/keys.ts';

describe('a day to aim at', () => {
  test('is what days are counted from', () => {
    expect(told('2027-01-01', '2027-01-31', { safeBy: '2027-01-29' })).toEqual({
      '2027-01-15': ['near:14:2027-01-29'],
      '2027-01-22': ['near:7:2027-01-29'],
      '2027-01-26': ['near:3:2027-01-29'],
      '2027-01-28': ['near:1:2027-01-29'],
      '2027-01-29': ['near:0:2027-01-29'],
    });
  });

  test('that is missed by a stop is made up for until the due date is over', () => {
    const asked = { safeBy: '2027-01-29' };
    expect(keys('2027-01-31', asked)).toEqual(['near:0:2027-01-29']);
    expect(keys('2027-02-01', asked)).toEqual(['missed:1:2027-01-31']);
  });

  test('that is over leaves a reminder current as long as its task is not late', () => {
    const pack = packOf([near, missed]);
    const key = 'near:0:2027-01-29';
    const on = (today: string) => {
      const now = occasionsOn(pack, today);
      return [isCurrent(now, key), isPastAim(now, key)];
    };
    expect(on('2027-01-29')).toEqual([true, false]);
    expect(on('2027-01-30')).toEqual([true, true]);
    expect(isPastAim(occasionsOn(pack, '2027-02-01'), 'missed:1:2027-01-31')).toBe(false);
    expect(isPastAim(occasionsOn(packOf([month]), '2027-02-01'), 'month:2027-02')).toBe(false);
  });

  test('after the due date is none', () => {
    expect(keys('2027-01-24', { safeBy: '2027-02-05' })).toEqual(['near:7:2027-01-31']);
  });
});

describe('where a threshold falls on a day without mail', () => {
  const pack = packOf([near], 'working', []);

  test('few days go on the day before, more on the day after, and those that meet are one', () => {
    // A Sunday: three days before is a Thursday.
    expect(told('2027-01-01', '2027-01-31', { pack, due: '2027-01-31' })).toEqual({
      '2027-01-18': ['near:14:2027-01-31'],
      '2027-01-25': ['near:7:2027-01-31'],
      '2027-01-28': ['near:3:2027-01-31'],
      '2027-01-29': ['near:0:2027-01-31'],
    });
  });

  test('whatever the closures, it is the rule in words', () => {
    const date = fc.integer({ min: 0, max: 59 }).map((days) => addDays('2027-01-04', days));
    const closures = fc.array(date.filter(isWeekday), { maxLength: 20 });
    const some = fc.uniqueArray(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(closures, some, date, fc.nat(8), date, (closed, days, aim, later, today) => {
        const due = addDays(aim, later);
        const holidays = closed.map(closedOn);
        const isMailDay = (each: string) => isWeekday(each) && !closed.includes(each);
        const dayOf = (threshold: number): string => {
          let each = addDays(aim, -threshold);
          while (!isMailDay(each)) each = addDays(each, threshold <= 3 ? -1 : 1);
          return each;
        };
        const reached = days.filter((threshold) => dayOf(threshold) <= today);
        const nearest = Math.min(...reached);
        const rules = packOf([{ ...near, days } as ReminderRule], 'working', holidays);
        expect(keys(today, { pack: rules, due, safeBy: aim })).toEqual(
          today > due || reached.length === 0 ? [] : [`near:${nearest}:${aim}`],
        );
      }),
    );
  });
});

describe('in Illinois', () => {
  const rules = illinois.reminders.rules.filter(({ id }) => id === 'deadline-near');
  const pack = { ...illinois, reminders: { ...illinois.reminders, rules } };

  test('the rubric of a January 31 on a Sunday is told of to the Friday before', () => {
    const { dueOn: due, safeBy } = dates('jan-1/principal/2', '2026-27');
    expect([due, safeBy]).toEqual(['2027-01-31', '2027-01-29']);
    expect(told('2027-01-01', '2027-01-31', { pack, due: due!, safeBy })).toEqual({
      '2027-01-15': ['deadline-near:14:2027-01-29'],
      '2027-01-22': ['deadline-near:7:2027-01-29'],
      '2027-01-26': ['deadline-near:3:2027-01-29'],
      '2027-01-28': ['deadline-near:1:2027-01-29'],
      '2027-01-29': ['deadline-near:0:2027-01-29'],
    });
  });

  test('the report whose day to aim at is a holiday is told of on the Friday before it', () => {
    const { dueOn: due, safeBy } = dates('jan-2/district/submit', '2025-26');
    // Martin Luther King Day; three days, one and none meet on the Friday.
    expect([due, safeBy]).toEqual(['2026-01-20', '2026-01-19']);
    expect(told('2026-01-01', '2026-01-20', { pack, due: due!, safeBy })).toEqual({
      '2026-01-05': ['deadline-near:14:2026-01-19'],
      '2026-01-12': ['deadline-near:7:2026-01-19'],
      '2026-01-16': ['deadline-near:0:2026-01-19'],
    });
  });

  test('a report that a stop over the last days kept silent is told of on its due date', () => {
    const { dueOn: due, safeBy } = dates('jan-2/district/submit', '2026-27');
    const recorded = ['deadline-near:14:2027-01-19', 'deadline-near:7:2027-01-19'];
    expect(keys('2027-01-20', { pack, due: due!, safeBy, recorded })).toEqual([
      'deadline-near:0:2027-01-19',
    ]);
  });
});

const dates = (id: string, year: string) =>
  dueDates(illinois.program, year, task(id).month, task(id));

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] as const;

const isWeekday = (date: string): boolean => ![0, 6].includes(new Date(date).getUTCDay());

/** A holiday that is kept on this date, a weekday. */
function closedOn(date: string): Holiday {
  const [, month = 0, day = 0] = date.split('-').map(Number);
  const first = WEEKDAYS[new Date(date).getUTCDay() - 1]!;
  return { title: date, first, from: { month, day } };
}
