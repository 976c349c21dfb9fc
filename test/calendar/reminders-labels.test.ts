import { describe, expect, test } from '@jest/globals';
import type { TaskKind } from '../../calendar/shape.ts';
import { pack } from './illinois.ts';

describe('reminders and labels', () => {
  test('deadlines have the full ladder, occasions a week and a day, expected work shows monthly and once near the end', () => {
    const days = (when: string, kind: TaskKind) =>
      pack.reminders.rules
        .filter(
          (rule) =>
            rule.when === when &&
            'kinds' in rule &&
            rule.kinds.includes(kind) &&
            !('tasks' in rule && rule.tasks),
        )
        .flatMap((rule) => ('days' in rule ? [rule.days].flat().map(String) : ['monthly']));
    expect(pack.reminders.digestAt).toBe('07:00');
    expect(days('daysBefore', 'deadline')).toEqual(['14', '7', '3', '1', '0']);
    expect(days('daysLate', 'deadline')).toEqual(['1', '3', '7']);
    expect(days('daysBefore', 'occasion')).toEqual(['7', '1']);
    expect(days('daysBefore', 'expected')).toEqual(['5']);
    expect(days('daysLate', 'expected')).toEqual([]);
    expect(days('daysLate', 'occasion')).toEqual([]);
    for (const kind of ['deadline', 'occasion', 'expected'] as const)
      expect(days('monthBegins', kind)).toEqual(['monthly']);
  });

  test('only summaries of what the source gives a month can be switched off', () => {
    const optional = pack.reminders.rules.filter((rule) => rule.optional);
    expect(optional.map(({ id, title }) => [id, title])).toEqual([
      ['month-begins', 'Monthly summaries'],
      ['month-ending', 'Reminders before a month ends'],
    ]);
  });

  test('what is late reaches the coordinator and then the state, and only deadlines do', () => {
    const escalations = pack.reminders.rules.filter((rule) => rule.when === 'workingDaysLate');
    expect(escalations.map(({ days, to }) => [days, to.kinds])).toEqual([
      [[3], ['coach']],
      [[7], ['state']],
    ]);
  });

  test('the expenditure reports are reminded of as the source asks: December, March and June', () => {
    const rule = pack.reminders.rules.find(({ when }) => when === 'quarterEnds');
    expect(rule).toMatchObject({ months: [12, 3, 6] });
  });

  test('the labels change in 2026, and Comprehensive alone opens a planning year', () => {
    expect(pack.labels.sets.map(({ labels }) => labels.map(({ label }) => label))).toEqual([
      ['Exemplary', 'Commendable', 'Targeted', 'Comprehensive', 'Intensive'],
      ['Exemplary', 'Commendable', 'Approaching', 'Developing', 'Comprehensive'],
    ]);
    for (const { labels } of pack.labels.sets)
      expect(labels.filter((each) => each.opensPlanningYear).map(({ label }) => label)).toEqual([
        'Comprehensive',
      ]);
  });
});
