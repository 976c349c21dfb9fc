import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ReminderRule } from '../../calendar/shape.ts';
import { addDays, daysBetween } from '../../src/reminders/days.ts';
import { isCurrent, occasionsOn, occasionsSince } from '../../src/reminders/occasions.ts';
import {
  DUE,
  escalated,
  event,
  keys,
  keysIn,
  missed,
  month,
  near,
  packOf,
  quarter,
  unset,
} from './support/keys.ts';

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

  test('begins anew when its date is moved', () => {
    expect(keys('2027-01-31', { due: '2027-02-05' })).toEqual(['near:7:2027-02-05']);
  });

  test('brings nothing where no rule speaks of its kind', () => {
    expect(keys(DUE, { kind: 'expected' })).toEqual([]);
  });
});

describe('a rule that names its tasks', () => {
  const rules = [{ ...near, days: [7], tasks: ['report.submitted'] } as ReminderRule];

  test('speaks of those alone', () => {
    expect(keys('2027-01-24', { rules, task: 'jan-1/principal/1' })).toEqual(['near:7:2027-01-31']);
    expect(keys('2027-01-24', { rules, task: 'jan-1/principal/2' })).toEqual([]);
  });
});

describe('dates that nobody has set', () => {
  test('are spoken of in each of the months named', () => {
    const on = (today: string) => occasionsOn(packOf([unset]), today).unset;
    expect(on('2027-01-20')).toEqual([
      expect.objectContaining({ month: '2027-01', role: 'coach-of-all', kinds: ['deadline'] }),
    ]);
    expect(on('2027-02-01')).toEqual([]);
    expect(on('2027-04-30')).toHaveLength(1);
  });

  test('are new when such a month begins, and current as long as it goes on', () => {
    const pack = packOf([unset]);
    expect(occasionsSince(pack, '2027-01-01', '2027-01-31').unset).toEqual([]);
    expect(occasionsSince(pack, '2027-03-31', '2027-04-01').unset).toHaveLength(1);
    expect(isCurrent(occasionsOn(pack, '2027-04-30'), 'unset:2027-04')).toBe(true);
    expect(isCurrent(occasionsOn(pack, '2027-05-01'), 'unset:2027-04')).toBe(false);
  });
});

describe('a task that is late', () => {
  test('is mentioned after one, three and seven days, then no more', () => {
    expect(keys('2027-02-01')).toEqual(['missed:1:2027-01-31']);
    expect(keys('2027-02-03')).toEqual(['missed:3:2027-01-31']);
    expect(keys('2027-02-07')).toEqual(['missed:7:2027-01-31']);
    expect(keys('2027-06-01')).toEqual(['missed:7:2027-01-31']);
  });

  test('is told to the coordinator after three working days, weekends and holidays left out', () => {
    const rules = [escalated];
    // A Sunday; the Wednesday after it is a day off.
    expect(keys('2027-02-03', { rules })).toEqual([]);
    expect(keys('2027-02-04', { rules })).toEqual(['escalated:3:2027-01-31']);
    const [band] = occasionsOn(packOf(rules), '2027-02-04').bands;
    expect(band).toMatchObject({ role: 'coach-of-all', othersOnly: true, kinds: ['deadline'] });
  });
});

describe('the overview of a month', () => {
  test('is that of the date’s month, to its last day', () => {
    expect(occasionsOn(packOf([month]), '2027-02-20').months).toEqual([
      expect.objectContaining({ month: '2027-02', from: '2027-02-01', to: '2027-02-28' }),
    ]);
  });
});

describe('the end of a quarter', () => {
  test('is spoken of in the last days of its month, for what is due until the end of the next', () => {
    const quarters = (today: string) => occasionsOn(packOf([quarter]), today).quarters;
    expect(quarters('2026-12-23')).toEqual([]);
    expect(quarters('2026-11-30')).toEqual([]);
    for (const today of ['2026-12-24', '2026-12-31'])
      expect(quarters(today)).toEqual([
        expect.objectContaining({
          month: '2026-12',
          from: '2026-12-01',
          to: '2027-01-31',
          tasks: ['jan-1/principal/1'],
        }),
      ]);
  });
});

describe('an event', () => {
  test('is spoken of for a week, of the tasks that it calls for', () => {
    expect(occasionsOn(packOf([event]), '2027-01-20').events).toEqual([
      expect.objectContaining({
        since: '2027-01-14',
        events: ['report.returned'],
        tasks: ['jan-1/principal/1'],
        delivery: 'atOnce',
      }),
    ]);
  });
});

describe('over any pattern of days on which the scan ran', () => {
  const thresholds = (max: number, min: number) =>
    fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 6 });
  const runs = fc.uniqueArray(fc.integer({ min: -60, max: 60 }), { maxLength: 121 });

  /** Scans on the given days (counted from the due date) and tells what each brought. */
  function play(rule: ReminderRule, days: number[]) {
    const recorded: string[] = [];
    return [...days]
      .sort((a, b) => a - b)
      .map((day) => {
        const found = keys(addDays(DUE, day), { recorded, rules: [rule] });
        recorded.push(...found);
        return { day, keys: found };
      });
  }
  const thresholdIn = (key: string): number => Number(key.split(':')[1]);
  const anyRule = fc.oneof(
    thresholds(30, 0).map((days): ReminderRule => ({ ...near, days }) as ReminderRule),
    thresholds(30, 1).map((days): ReminderRule => ({ ...missed, days }) as ReminderRule),
    thresholds(20, 1).map((days): ReminderRule => ({ ...escalated, days }) as ReminderRule),
  );

  test('nothing comes twice and nothing before its time', () => {
    fc.assert(
      fc.property(anyRule, runs, (rule, days) => {
        const played = play(rule, days);
        const all = played.flatMap(({ keys }) => keys);
        expect(new Set(all).size).toBe(all.length);
        for (const { day, keys } of played) {
          expect(keys.length).toBeLessThanOrEqual(1);
          for (const key of keys) {
            const before = rule.when === 'daysBefore';
            const reached = before ? -thresholdIn(key) : thresholdIn(key);
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

  test('what is new since a date is what was not current on it', () => {
    const day = fc.integer({ min: -60, max: 60 }).map((days) => addDays(DUE, days));
    const mails = fc.constantFrom('all' as const, 'working' as const);
    const some = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(anyRule, mails, day, some, fc.nat(9), (rule, mail, through, later, aim) => {
        const pack = packOf([rule], mail);
        const today = addDays(through, later);
        const asked = { pack, safeBy: addDays(DUE, -aim) };
        const fresh = keys(today, asked).filter((key) => !keys(through, asked).includes(key));
        expect(keysIn(occasionsSince(pack, through, today), asked)).toEqual(fresh);
        for (const key of fresh) expect(isCurrent(occasionsOn(pack, today), key)).toBe(true);
      }),
    );
  });

  test('days are counted the same over the change to summer time', () => {
    expect(daysBetween('2027-03-13', '2027-03-15')).toBe(2);
    expect(addDays('2027-03-13', 2)).toBe('2027-03-15');
  });
});
