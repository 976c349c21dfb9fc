import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ReminderRule } from '../../calendar/shape.ts';
import { addDays, daysBetween } from '../../src/reminders/days.ts';
import { type DueTask, dueOccasions, monthOccasions } from '../../src/reminders/due.ts';

const near: ReminderRule = {
  id: 'near',
  when: 'daysBefore',
  days: [14, 7, 3, 1, 0],
  kinds: ['deadline'],
};
const missed: ReminderRule = {
  id: 'missed',
  when: 'daysLate',
  days: [1, 3, 7],
  kinds: ['deadline'],
};
const month: ReminderRule = { id: 'month', when: 'monthBegins', kinds: ['deadline', 'expected'] };
const rules = [near, missed, month];

const DUE = '2027-01-31';
const task = (change: Partial<DueTask> = {}): DueTask => ({
  id: 't',
  kind: 'deadline',
  dueOn: DUE,
  month: '2027-01',
  status: 'open',
  ...change,
});
const keys = (today: string, change: Partial<DueTask> = {}, recorded: string[] = []): string[] =>
  dueOccasions(rules, task(change), today, new Set(recorded)).map(({ key }) => key);

describe('a task that is due', () => {
  test('is first mentioned fourteen days ahead', () => {
    expect(keys('2027-01-16')).toEqual([]);
    expect(keys('2027-01-17')).toEqual(['near:14:2027-01-31']);
  });

  test('brings each threshold on its own day, the due date included', () => {
    expect(keys('2027-01-24')).toEqual(['near:7:2027-01-31']);
    expect(keys('2027-01-28')).toEqual(['near:3:2027-01-31']);
    expect(keys('2027-01-30')).toEqual(['near:1:2027-01-31']);
    expect(keys('2027-01-31')).toEqual(['near:0:2027-01-31']);
  });

  test('brings one reminder for all the thresholds that passed unnoticed', () => {
    expect(keys('2027-01-29')).toEqual(['near:3:2027-01-31']);
  });

  test('is not mentioned again between two thresholds', () => {
    expect(keys('2027-01-20', {}, ['near:14:2027-01-31'])).toEqual([]);
  });

  test('begins anew when its date is moved', () => {
    const moved = { dueOn: '2027-02-05' };
    expect(keys('2027-01-31', moved, ['near:7:2027-01-31'])).toEqual(['near:7:2027-02-05']);
  });

  test.each(['preStart', 'blocked', 'waived', 'done', 'lapsed', 'notApplicable'] as const)(
    'brings nothing while it is %s',
    (status) => {
      expect(keys(DUE, { status })).toEqual([]);
      expect(keys('2027-02-01', { status })).toEqual([]);
    },
  );

  test('brings nothing while the year has not set its date', () => {
    expect(keys(DUE, { dueOn: null })).toEqual([]);
  });

  test('brings nothing where no rule speaks of its kind', () => {
    expect(keys(DUE, { kind: 'expected' })).toEqual([]);
  });
});

describe('a task that is late', () => {
  test('is mentioned after one, three and seven days, then no more', () => {
    expect(keys('2027-02-01')).toEqual(['missed:1:2027-01-31']);
    expect(keys('2027-02-02', {}, ['missed:1:2027-01-31'])).toEqual([]);
    expect(keys('2027-02-03')).toEqual(['missed:3:2027-01-31']);
    expect(keys('2027-02-07')).toEqual(['missed:7:2027-01-31']);
    expect(keys('2027-06-01', {}, ['missed:7:2027-01-31'])).toEqual([]);
  });
});

describe('the overview of a month', () => {
  const overview = (today: string, tasks: DueTask[], recorded: string[] = []) =>
    monthOccasions(rules, tasks, today, new Set(recorded)).map(({ key }) => key);

  test('comes with the month in which an open or a blocked task is due', () => {
    expect(overview('2026-12-31', [task()])).toEqual([]);
    expect(overview('2027-01-01', [task()])).toEqual(['month:2027-01']);
    expect(overview('2027-01-01', [task({ status: 'blocked' })])).toEqual(['month:2027-01']);
    expect(overview('2027-01-01', [task({ status: 'done' })])).toEqual([]);
    expect(overview('2027-01-01', [task({ dueOn: null })])).toEqual(['month:2027-01']);
    expect(overview('2027-02-01', [task({ dueOn: null })])).toEqual([]);
  });

  test('is made up later in the month, and comes once', () => {
    expect(overview('2027-01-19', [task()])).toEqual(['month:2027-01']);
    expect(overview('2027-01-20', [task()], ['month:2027-01'])).toEqual([]);
  });
});

describe('over any pattern of days on which the scan ran', () => {
  const thresholds = (max: number, min: number) =>
    fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 6 });
  const runs = fc.uniqueArray(fc.integer({ min: -60, max: 60 }), { maxLength: 121 });

  /** Scans on the given days (counted from the due date) and tells what each brought. */
  function play(rule: ReminderRule, days: number[]) {
    const recorded = new Set<string>();
    return [...days]
      .sort((a, b) => a - b)
      .map((day) => {
        const found = dueOccasions([rule], task(), addDays(DUE, day), recorded);
        for (const { key } of found) recorded.add(key);
        return { day, keys: found.map(({ key }) => key) };
      });
  }
  const thresholdIn = (key: string): number => Number(key.split(':')[1]);

  test('nothing comes twice and nothing before its time', () => {
    const rule = fc.oneof(
      thresholds(30, 0).map((days): ReminderRule => ({ ...near, days })),
      thresholds(30, 1).map((days): ReminderRule => ({ ...missed, days })),
    );
    fc.assert(
      fc.property(rule, runs, (rule, days) => {
        const played = play(rule, days);
        const all = played.flatMap(({ keys }) => keys);
        expect(new Set(all).size).toBe(all.length);
        for (const { day, keys } of played) {
          expect(keys.length).toBeLessThanOrEqual(1);
          for (const key of keys) {
            const reached = rule.when === 'daysBefore' ? -thresholdIn(key) : thresholdIn(key);
            expect(day).toBeGreaterThanOrEqual(reached);
          }
        }
      }),
    );
  });

  test('no threshold is missed that any scan could have noticed', () => {
    fc.assert(
      fc.property(thresholds(30, 0), runs, (days, ran) => {
        const told = play({ ...near, days } as ReminderRule, ran).flatMap(({ keys }) => keys);
        const falling = [...days].sort((a, b) => b - a);
        for (const [i, threshold] of falling.entries()) {
          const next = falling[i + 1] ?? -1;
          const noticed = ran.some((day) => -day <= threshold && -day > next && day <= 0);
          expect(told.includes(`near:${threshold}:${DUE}`)).toBe(noticed);
        }
      }),
    );
  });

  test('what is late is told on the first scan after each threshold', () => {
    fc.assert(
      fc.property(thresholds(30, 1), runs, (days, ran) => {
        const told = play({ ...missed, days } as ReminderRule, ran).flatMap(({ keys }) => keys);
        const rising = [...days].sort((a, b) => a - b);
        for (const [i, threshold] of rising.entries()) {
          const next = rising[i + 1] ?? Number.POSITIVE_INFINITY;
          const noticed = ran.some((day) => day >= threshold && day < next);
          expect(told.includes(`missed:${threshold}:${DUE}`)).toBe(noticed);
        }
      }),
    );
  });

  test('days are counted the same over the change to summer time', () => {
    expect(daysBetween('2027-03-13', '2027-03-15')).toBe(2);
    expect(addDays('2027-03-13', 2)).toBe('2027-03-15');
  });
});
