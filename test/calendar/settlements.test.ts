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
      'nov-3/principal/1',
      'oct-1/coordinator/1',
    ]);
    expect(task('mar-2/district/1').notes[0]!.text).toContain('March 30');
  });

  test('only Learning Series 2 is for the vendor too', () => {
    const audience = (activity: string) =>
      tasks.filter((each) => each.activity === activity).map(({ role }) => role);
    expect(audience('nov-1')).toEqual(['district', 'principal', 'slt']);
    expect(audience('dec-6')).toEqual(['district', 'principal', 'slt', 'vendor']);
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

  test('each deadline opens with the release, whatever else has been ticked', () => {
    const deadlines = tasks.filter(({ kind }) => kind === 'deadline');
    expect(deadlines).toHaveLength(11);
    for (const { id, opensWhen } of deadlines)
      expect([id, opensWhen]).toEqual([id, { designation: 'released' }]);
  });

  test('occasions are the two webinars and the conference, for all who hold or attend them', () => {
    expect(ids(tasks.filter(({ kind }) => kind === 'occasion'))).toEqual([
      'dec-5/district/1',
      'dec-5/isbe/1',
      'dec-5/principal/1',
      'dec-5/slt/1',
      'may-2/coordinator/1',
      'may-2/district/1',
      'may-2/isbe/1',
      'may-2/principal/1',
      'nov-2/coordinator/1',
      'nov-2/district/1',
      'nov-2/isbe/1',
      'nov-2/principal/1',
    ]);
    const days = { 'nov-2': 'newSchoolsWebinarOn', 'dec-5': 'essaConferenceOn' };
    for (const { id, activity, kind, due } of tasks)
      if (kind === 'occasion')
        expect([id, due]).toEqual([
          id,
          { parameter: { ...days, 'may-2': 'districtWebinarOn' }[activity] },
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
      ['dec-1', 1, 1, 1],
      ['jan-1', 2, 1, 1],
      ['feb-1', 0, 1, 1],
      ['mar-1', 1, 0, 0],
      ['apr-1', 1, 1, 1],
      ['may-1', 3, 0, 0],
      ['jun-1', 1, 1, 1],
      ['jul-1', 2, 0, 0],
    ]);
    expect(meetings).toHaveLength(26);
    // Guidance in five months, the advisory group and the plan's readiness are acts of their own.
    for (const { id, raises } of meetings) expect([id, raises]).toEqual([id, undefined]);
  });
});

describe('what the audit against the source and real schools has settled:', () => {
  const released = { designation: 'released' };
  const raising = (event: string) => ids(tasks.filter(({ raises }) => raises === event));

  test.each([
    ['the introduction meeting does not wait for the letter', 'nov-3/district/1 nov-3/principal/1'],
    [
      'vendor meetings do not wait for the contract',
      'nov-5/district/2 nov-5/principal/1 nov-5/vendor/2 nov-5/vendor/3',
    ],
    ['access to the portal does not wait for the allocations', 'nov-6/district/1'],
  ])('A11: %s', (_, parts) => {
    for (const id of parts.split(' ')) expect([id, task(id).opensWhen]).toEqual([id, released]);
  });

  test('A11: the principal may learn of the letter at the introduction meeting', () => {
    expect(task('nov-3/principal/1').notes).toEqual([
      { kind: 'ambiguous', text: expect.stringContaining('superintendent only') },
    ]);
  });

  test('A12: nobody’s attendance moves a school on; the coordinator tells how far orientation is', () => {
    for (const activity of ['nov-1', 'nov-2', 'dec-5', 'dec-6'])
      for (const { id, raises } of tasks.filter((each) => each.activity === activity))
        expect([id, raises]).toEqual([id, undefined]);
    for (const act of ['introduced', 'trained']) expect(raising(`orientation.${act}`)).toEqual([]);
    expect(raising('orientation.informed')).toEqual(['may-2/coordinator/1']);
    expect(task('may-2/coordinator/1')).toMatchObject({ kind: 'occasion', opensWhen: released });
  });

  test('A14: the team is at work from any month’s guidance, and the other months’ stays to be done', () => {
    const guidance = raising('leadershipTeam.beganWork');
    expect(guidance).toEqual([
      'apr-1/coordinator/1',
      'dec-1/coordinator/2',
      'feb-1/coordinator/1',
      'jan-1/coordinator/3',
      'mar-1/coordinator/2',
    ]);
    expect(ids(tasks.filter(({ suffices }) => suffices))).toEqual(guidance);
    for (const id of guidance) expect([id, task(id).opensWhen]).toEqual([id, released]);
  });

  test('A14: that a meeting was held names no advisory group and finds no plan ready', () => {
    for (const event of ['stakeholderGroup.named', 'sip.readyForBoard'])
      for (const id of raising(event)) expect([id, task(id).meeting]).toEqual([id, undefined]);
  });

  const derivedNotes = (id: string) =>
    task(id)
      .notes.filter(({ kind }) => kind === 'derived')
      .map(({ text }) => text)
      .join(' ');

  test.each([
    ['jan-2/district/submit', '19th'],
    ['apr-2/district/1', '19th'],
    ['jun-4/district/1', '19th'],
    ['dec-4/isbe/approve', 'Its date is derived'],
    ['jul-1/district/board', 'posts its agenda 48 hours ahead'],
    ['jul-3/district/1', 'Due two days before the meeting'],
  ])('A19: %s tells where its date comes from: %s', (id, told) => {
    expect(derivedNotes(id)).toContain(told);
  });

  test('A19: the agency is told early which dates nobody has set', () => {
    expect(pack.reminders.rules.filter(({ when }) => when === 'datesUnset')).toEqual([
      expect.objectContaining({
        months: expect.arrayContaining([10]),
        kinds: ['deadline', 'occasion'],
        to: expect.objectContaining({ kinds: ['state'] }),
      }),
    ]);
  });
});
