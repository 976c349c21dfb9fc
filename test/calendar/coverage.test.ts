import { describe, expect, test } from '@jest/globals';
import { renderCalendar } from '../../calendar/render.ts';
import { activities, pack, task, tasks } from './illinois.ts';
import { sourceActivities, sourceItems, sourceResources, sourceTopics } from './source-items.ts';

const derived = [
  'dec-4/isbe/approve',
  'jan-2/district/submit',
  'jul-1/district/board',
  'jul-1/district/vote',
  'jul-3/district/approve',
  'jun-3/district/submit',
  'may-1/principal/conduct',
];

describe('the 152 items of the source', () => {
  test('are 152 in 35 activities', () => {
    expect(new Set(sourceItems.map(({ id }) => id)).size).toBe(152);
    expect(sourceActivities).toHaveLength(35);
  });

  test.each(sourceItems)('$id is covered by one task, in its month and for its role', (item) => {
    const [found, ...others] = tasks.filter(({ sources }) => sources.includes(item.id));
    expect(others).toEqual([]);
    // No vendor has a contract in October, so the first contact is the coordinator's.
    const role = item.id === 'oct-1/vendor/1' ? 'coordinator' : item.role;
    expect(found).toMatchObject({ activity: item.activity, month: item.month, role });
    expect(found?.sources).toEqual([item.id]);
  });

  test('leave only the derived tasks over, each with its reason', () => {
    const rest = tasks.filter(({ sources }) => sources.length === 0);
    expect(rest.map(({ id }) => id).sort()).toEqual(derived);
    for (const { notes } of rest) expect(notes.map(({ kind }) => kind)).toContain('derived');
    expect(tasks).toHaveLength(159);
  });

  test('keep their activities in the source order, with January’s QER beside them', () => {
    const ids = activities.map(({ id }) => id);
    expect(ids.filter((id) => id !== 'jan-2')).toEqual(sourceActivities);
    expect(ids.indexOf('jan-2')).toBe(ids.indexOf('jan-1') + 1);
  });

  test('have titles that fit a line of a digest and end without a period', () => {
    for (const { id, title } of tasks) {
      expect([id, title.length > 5 && title.length < 130]).toEqual([id, true]);
      expect(title).toMatch(/^[A-Z].*[^.]$/);
    }
  });
});

describe('monthly topics and resources', () => {
  test('the 28 topics stand at their activities', () => {
    expect(Object.values(sourceTopics).flat()).toHaveLength(28);
    const withTopics = activities.filter(({ topics }) => topics.length > 0);
    expect(withTopics.map(({ id }) => id)).toEqual(Object.keys(sourceTopics));
    for (const { id, topics } of withTopics) {
      expect(topics).toHaveLength(sourceTopics[id]!.length);
      for (const [index, word] of sourceTopics[id]!.entries())
        expect(topics[index]!.toLowerCase()).toContain(word.toLowerCase());
    }
  });

  test('the 18 linked resources and the selection rubric stand at theirs', () => {
    const found = activities
      .filter(({ resources }) => resources.length > 0)
      .map(({ id, resources }) => [id, resources.map(({ title }) => title)]);
    expect(Object.fromEntries(found)).toEqual(sourceResources);
    expect(Object.values(sourceResources).flat()).toHaveLength(19);
  });

  test('each resource has an address of its own to set, and none is set aside', () => {
    const named = activities.flatMap(({ resources }) => resources.map((each) => each.parameter));
    const addresses = pack.program.parameters.filter(({ kind }) => kind === 'url');
    expect(named.toSorted()).toEqual(addresses.map(({ id }) => id).toSorted());
  });
});

describe('the calendar as the API shows it', () => {
  const calendar = renderCalendar(pack, '2026-27', {
    planningGrantDue: '2026-12-18',
    rootCauseUrl: 'https://example.invalid/root-cause',
  });
  const shown = new Map(
    calendar.activities.flatMap(({ tasks }) => tasks.map((each) => [each.id, each])),
  );
  const activity = (id: string) => calendar.activities.find((each) => each.id === id)!;

  test('names program, year and version, and places each activity in its month', () => {
    expect(calendar).toMatchObject({
      program: 'isbe-comprehensive',
      year: '2026-27',
      version: pack.version,
    });
    expect(activity('nov-4').month).toBe('2026-11');
    expect(activity('jul-3').month).toBe('2027-07');
  });

  test('puts the name of the portal into titles, topics and notes', () => {
    expect(shown.get('jan-1/principal/2')!.title).toBe('Enter the IQFSR results in IWAS');
    expect(JSON.stringify(calendar)).not.toContain('{portal}');
    const words = { portal: 'MyISBE' };
    const renamed = renderCalendar({ ...pack, program: { ...pack.program, words } }, '2026-27', {});
    expect(renamed.activities.find(({ id }) => id === 'jan-1')!.topics[2]).toContain('MyISBE');
  });

  test('shows a parameter that is set, and null for one that is not', () => {
    expect(activity('may-1').resources).toEqual([
      { title: 'Conducting a Root Cause Analysis', url: 'https://example.invalid/root-cause' },
    ]);
    expect(activity('oct-1').resources[0]!.url).toBeNull();
    expect(shown.get('dec-4/district/1')!.dueOn).toBe('2026-12-18');
    expect(shown.get('jul-1/district/vote')!.dueOn).toBeNull();
  });

  test('shows the whole of a task, what does not concern it as null', () => {
    expect(shown.get('jan-1/principal/2')).toEqual({
      id: 'jan-1/principal/2',
      role: 'principal',
      title: 'Enter the IQFSR results in IWAS',
      scope: 'school',
      kind: 'deadline',
      dueOn: '2027-01-31',
      safeBy: '2027-01-29',
      sources: ['jan-1/principal/2'],
      appliesWhen: { cps: false },
      notes: [],
      raises: 'iqfsr.enteredInIwas',
      opensWhen: { designation: 'released' },
    });
    expect(shown.get('feb-3/vendor/1')).toMatchObject({
      safeBy: null,
      appliesWhen: null,
      raises: null,
      opensWhen: { needsAssessment: 'meetingsSet' },
    });
    expect(task('feb-3/vendor/1').appliesWhen).toBeUndefined();
  });
});
