import { describe, expect, test } from '@jest/globals';
import { pack } from './illinois.ts';

describe('reminders and labels', () => {
  test('deadlines have the full ladder, expected work shows monthly and once near the end', () => {
    const days = (when: string, kind: 'deadline' | 'expected') =>
      pack.reminders.rules
        .filter((rule) => rule.when === when && rule.kinds.includes(kind))
        .flatMap((rule) => (rule.when === 'monthBegins' ? ['monthly'] : rule.days.map(String)));
    expect(pack.reminders.digestAt).toBe('07:00');
    expect(days('daysBefore', 'deadline')).toEqual(['14', '7', '3', '1', '0']);
    expect(days('daysLate', 'deadline')).toEqual(['1', '3', '7']);
    expect(days('daysBefore', 'expected')).toEqual(['5']);
    expect(days('daysLate', 'expected')).toEqual([]);
    for (const kind of ['deadline', 'expected'] as const)
      expect(days('monthBegins', kind)).toEqual(['monthly']);
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
