import { expect, test } from '@jest/globals';
import type { Actor } from '../../src/actor.ts';
import { can, type Subject } from '../../src/policy/can.ts';
import { type Kind, type PolicyRow, policies, rightOf } from '../../src/policy/table.ts';

/**
 * Who may do what, written down a second time and by hand, so that whoever changes the table has to
 * mean it. It takes nothing from the table.
 */

const KINDS: Kind[] = [
  ...(['state', 'coach', 'local', 'school', 'team', 'board'] as const),
  ...(['vendor', 'dashboard', 'webhook', 'system'] as const),
];

// s: within the scope; r: the own role's; o: one's own; t: of teams; l: of the last 24 hours;
// !: within the scope, and the state is told; E: with a role for everything; -: nothing.
const MATRIX = `
                        state coach local school team board vendor dashboard webhook system
  programs.read         s     s     s     s      s    s     s      s         -       -
  schools.read          s     s     s     s      s    s     s      s         -       -
  organizations.read    s     s     s     s      s    s     s      s         -       -
  schools.reorganize    E     -     -     -      -    -     -      -         -       -
  planningYears.read    s     s     s     s      s    s     s      s         -       -
  planningYears.open    s     -     -     -      -    -     -      -         -       -
  planningYears.act     s     s     -     -      -    -     -      -         -       -
  planningYears.undo    s     l     -     -      -    -     -      -         -       -
  planningYears.intervene s   !     -     -      -    -     -      -         -       -
  interventions.read    s     s     -     -      -    -     -      -         -       -
  planningYears.log     s     s     s     s      s    -     -      -         -       -
  explorer.read         s     s     s     s      s    s     s      s         -       -
  metrics.read          E     -     -     -      -    -     -      E         -       -
  jobs.read             s     s     s     s      s    s     s      s         -       -
  jobs.watchAll         E     -     -     -      -    -     -      -         -       -
  tasks.read            s     s     s     s      s    s     s      s         -       -
  tasks.settle          s     r     r     r      r    r     r      -         -       -
  tasks.reopen          s     s     r     r      r    r     r      -         -       -
  notes.read            s     s     s     s      s    -     s      -         -       -
  notes.write           s     s     s     s      r    -     r      -         -       -
  contacts.write        s     s     -     -      -    -     -      -         -       -
  meetings.write        s     s     s     s      -    -     -      -         -       -
  reminders.read        s     s     o     o      o    o     o      -         -       -
  reminders.resend      s     s     o     o      o    o     o      -         -       -
  reports.read          s     s     s     s      s    -     -      s         -       -
  audit.read            s     s     -     -      -    -     -      -         -       -
  audit.export          s     s     -     -      -    -     -      -         -       -
  people.read           E     -     t     t      -    -     -      -         -       -
  people.manage         E     -     -     -      -    -     -      -         -       -
  preferences.set       E     o     o     o      o    o     o      -         -       -
  feeds.manage          E     o     o     o      o    o     o      -         -       -
  assignments.manage    E     -     t     t      -    -     -      -         -       -
  vendors.read          s     s     s     s      s    -     -      -         -       -
  vendors.manage        E     -     -     -      -    -     -      -         -       -
  contracts.read        s     s     s     s      s    -     -      -         -       -
  contracts.manage      E     -     -     -      -    -     -      -         -       -
  addresses.mend        s     s     -     -      -    -     -      -         -       -
  keys.manage           E     -     -     -      -    -     -      -         -       -
  parameters.set        E     -     -     -      -    -     -      -         -       -
  imports.run           E     -     -     -      -    -     -      -         -       -
  mail.manage           E     -     -     -      -    -     -      -         -       -
  quarantine.read       E     -     -     -      -    -     -      -         -       -
  mail.report           E     -     -     -      -    -     -      -         E       -
`;

const [head = [], ...lines] = MATRIX.trim()
  .split('\n')
  .map((line) => line.trim().split(/ +/));
const cells = lines.flatMap(([policy, ...marks]) =>
  marks.map((mark, at) => [policy as PolicyRow, KINDS[at]!, mark] as const),
);

/** What is asked: all of it one's own and new, at one's own school; then one thing after the other is not. */
const MINE: Subject = {
  ...{ program: 'p', district: 'D1', school: 'S1' },
  ...{ role: 'mine', team: true, person: '1', age: 24 },
};
const ASKED: [what: string, subject: Subject, reach: 'school' | 'all'][] = [
  ['mine', MINE, 'school'],
  ['anotherRole', { ...MINE, role: 'theirs' }, 'school'],
  ['anotherPerson', { ...MINE, person: '2' }, 'school'],
  ['noTeam', { ...MINE, team: false }, 'school'],
  ['longAgo', { ...MINE, age: 25 }, 'school'],
  ['anotherSchool', { ...MINE, school: 'S2' }, 'school'],
  ['anotherProgram', { ...MINE, program: 'q' }, 'all'],
  ['withEverything', MINE, 'all'],
];
const ALL = 'mine anotherRole anotherPerson noTeam longAgo withEverything';
const YES: Record<string, string> = {
  s: ALL,
  '!': ALL,
  r: 'mine anotherPerson noTeam longAgo withEverything',
  o: 'mine anotherRole noTeam longAgo withEverything',
  t: 'mine anotherRole anotherPerson longAgo withEverything',
  l: 'mine anotherRole anotherPerson noTeam withEverything',
  E: 'withEverything',
  '-': '',
};

test('the matrix knows every row and every kind', () => {
  expect(head).toEqual(KINDS);
  expect(lines.map(([policy]) => policy)).toEqual(Object.keys(policies));
  expect(cells).toHaveLength(lines.length * KINDS.length);
});

test.each(KINDS)('a role of kind %s may do what the matrix says, and nothing else', (kind) => {
  const person = (reach: 'school' | 'all'): Actor => ({
    ...{ id: 'person:1', person: '1' },
    grants: [
      {
        ...{ kind, role: 'mine', program: 'p' },
        scope: reach === 'all' ? { all: true } : { schools: ['S1'] },
      },
    ],
  });
  const told = (policy: PolicyRow) =>
    ASKED.filter(([, subject, reach]) => can(person(reach), policy, subject) === 'yes')
      .map(([what]) => what)
      // Another role's part does not exist for a vendor.
      .join(' ');
  const wanted = (mark: string) =>
    kind === 'vendor' ? YES[mark]!.replace('anotherRole ', '') : YES[mark];
  const mine = cells.filter(([, of]) => of === kind);
  expect(mine.map(([policy]) => [policy, told(policy)])).toEqual(
    mine.map(([policy, , mark]) => [policy, wanted(mark)]),
  );
});

test('what the state is told of is what the matrix marks so', () => {
  const reported = cells.filter(([policy, kind]) => rightOf(policy, kind) === 'reported');
  expect(reported).toEqual(cells.filter(([, , mark]) => mark === '!'));
});
