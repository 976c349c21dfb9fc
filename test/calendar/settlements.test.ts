import { describe, expect, test } from '@jest/globals';
import { activities, pack, task, tasks } from './illinois.ts';

const ids = (found: readonly { id: string }[]) => found.map(({ id }) => id).sort();
const noted = (kind: string) =>
  ids(tasks.filter(({ notes }) => notes.some((note) => note.kind === kind)));

describe('what the calendar settles where the source leaves it open', () => {
  test('the first contact in October is the coordinator’s, flagged as ambiguous', () => {
    expect(task('oct-1/coordinator/1')).toMatchObject({
      role: 'coordinator',
      sources: ['oct-1/vendor/1'],
      notes: [{ kind: 'ambiguous' }],
    });
  });

  test('CPS schools are spared the IQFSR, and nobody else is', () => {
    expect(ids(tasks.filter(({ appliesWhen }) => appliesWhen?.cps === false))).toEqual([
      'dec-1/coordinator/1',
      'dec-1/district/2',
      'dec-1/principal/2',
      'dec-1/slt/1',
      'jan-1/coordinator/2',
      'jan-1/principal/2',
      'jan-1/slt/1',
      'nov-4/coordinator/2',
      'nov-4/coordinator/3',
      'nov-4/district/3',
      'nov-4/principal/3',
    ]);
  });

  test('the first webinar is for newly designated schools; no other condition occurs', () => {
    const conditional = tasks.filter(({ appliesWhen }) => appliesWhen && !('cps' in appliesWhen));
    expect(new Set(conditional.map(({ activity }) => activity))).toEqual(new Set(['nov-2']));
    expect(conditional).toHaveLength(5);
    for (const { appliesWhen } of conditional)
      expect(appliesWhen).toEqual({ newlyDesignated: true });
  });

  test('errata and ambiguities of the source are noted where they stand', () => {
    expect(noted('erratum')).toEqual([
      'dec-1/principal/2',
      'jul-1/principal/1',
      'mar-1/coordinator/1',
      'mar-2/district/1',
    ]);
    expect(noted('ambiguous')).toEqual([
      'dec-6/district/1',
      'jun-1/district/1',
      'jun-1/principal/1',
      'nov-1/district/1',
      'oct-1/coordinator/1',
    ]);
    expect(task('mar-2/district/1').notes[0]!.text).toContain('March 30');
  });

  test('only Learning Series 2 is for the vendor too', () => {
    expect(tasks.filter((each) => each.activity === 'nov-1').map(({ role }) => role)).toEqual([
      'district',
      'principal',
      'slt',
    ]);
    expect(task('dec-6/vendor/1').raises).toBe('orientation.trained');
  });

  test('deadlines are those that the source or state rules date', () => {
    expect(ids(tasks.filter(({ kind }) => kind === 'deadline'))).toEqual([
      'apr-2/district/1',
      'dec-4/district/1',
      'jan-1/principal/2',
      'jan-2/district/submit',
      'jul-1/district/board',
      'jul-1/district/vote',
      'jul-2/district/1',
      'jul-3/district/approve',
      'jun-3/district/submit',
      'jun-3/principal/1',
      'jun-4/district/1',
    ]);
  });

  test('what the state does once is of state scope, and no school’s own work is wider', () => {
    expect(ids(tasks.filter(({ scope }) => scope === 'state'))).toEqual([
      'dec-5/isbe/1',
      'may-2/coordinator/1',
      'may-2/isbe/1',
      'may-3/isbe/1',
      'nov-2/coordinator/1',
      'nov-2/isbe/1',
      'nov-6/isbe/1',
      'oct-1/isbe/1',
    ]);
    for (const { id, role, scope } of tasks)
      if (role === 'principal' || role === 'slt') expect([id, scope]).toEqual([id, 'school']);
  });

  test('grant, QER, contract and resource review reach all of a district’s schools at once', () => {
    const events =
      /^(planningGrant\.(?!allocations)|qer\d|implementationGrant\.(?!released)|needsAssessment\.contractSigned|learningPartner\.contract)/;
    const acts = tasks.filter(
      ({ raises, activity, role }) =>
        events.test(raises ?? '') || (/^(feb-2|mar-4)$/.test(activity) && role !== 'principal'),
    );
    expect(acts).toHaveLength(19);
    for (const { id, scope } of acts) expect([id, scope]).toEqual([id, 'district']);
  });

  test('every month with topics has a meeting that its coordinator, district and principal share', () => {
    const months = activities.filter(({ topics }) => topics.length > 0).map(({ month }) => month);
    const meetings = tasks.filter(({ meeting }) => meeting);
    expect([...new Set(meetings.map(({ month }) => month))]).toEqual(months);
    for (const { role } of meetings)
      expect(['coordinator', 'district', 'principal']).toContain(role);
    expect(meetings).toHaveLength(36);
  });
});

describe('reminders and labels', () => {
  test('deadlines have the full ladder, expected work shows monthly and once near the end', () => {
    const days = (when: string, kind: 'deadline' | 'expected') =>
      pack.reminders.rules
        .filter((rule) => rule.when === when && rule.kinds.includes(kind))
        .flatMap((rule) => (rule.when === 'monthBegins' ? ['monthly'] : rule.days));
    expect(pack.reminders.digestAt).toBe('07:00');
    expect(days('daysBefore', 'deadline')).toEqual([14, 7, 3, 1, 0]);
    expect(days('daysLate', 'deadline')).toEqual([1, 3, 7]);
    expect(days('daysBefore', 'expected')).toEqual([5]);
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
