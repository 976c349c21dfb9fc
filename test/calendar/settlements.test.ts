import { describe, expect, test } from '@jest/globals';
import { activities, task, tasks } from './illinois.ts';

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
    for (const id of [
      'nov-5/district/1',
      'nov-5/vendor/1',
      'nov-6/district/1',
      'dec-4/district/1',
      'dec-4/isbe/approve',
      'jan-2/district/submit',
      'apr-2/district/1',
      'jun-4/district/1',
      'feb-2/isbe/1',
      'feb-2/district/1',
      'mar-4/isbe/1',
      'mar-4/isbe/2',
      'mar-4/district/2',
      'may-3/district/1',
      'jun-3/district/submit',
      'jul-2/coordinator/1',
      'jul-2/district/1',
      'jul-3/district/1',
      'jul-3/district/approve',
    ])
      expect([id, task(id).scope]).toEqual([id, 'district']);
  });

  test('each month’s meeting has its items, by coordinator, district and principal', () => {
    const meetings = tasks.filter(({ meeting }) => meeting);
    const count = (activity: string, role: string) =>
      meetings.filter((each) => each.activity === activity && each.role === role).length;
    const counted = activities
      .filter(({ topics }) => topics.length > 0)
      .map(({ id }) => [
        id,
        ...['coordinator', 'district', 'principal'].map((role) => count(id, role)),
      ]);
    expect(counted).toEqual([
      ['nov-4', 3, 1, 1],
      ['dec-1', 2, 1, 1],
      ['jan-1', 3, 1, 1],
      ['feb-1', 1, 1, 1],
      ['mar-1', 2, 1, 1],
      ['apr-1', 2, 1, 1],
      ['may-1', 3, 0, 0],
      ['jun-1', 1, 1, 1],
      ['jul-1', 2, 1, 1],
    ]);
    expect(meetings).toHaveLength(35);
  });
});
