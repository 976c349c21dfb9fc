import { expect, test } from '@jest/globals';
import { type Kind, type PolicyRow, policies, rightOf } from '../../src/policy/table.ts';

/**
 * Who may do what, written by hand and from nothing in src/: whoever changes the table changes this, too,
 * and says so twice. A letter for each kind: s scope, r own role, o own, t team, l lately, p reported,
 * e everywhere; a dot: nothing.
 */
const KINDS: Kind[] = [
  ...(['state', 'coach', 'local', 'school', 'team', 'board', 'vendor'] as const),
  ...(['dashboard', 'webhook', 'system'] as const),
];

// state coach local school team board vendor dashboard webhook system
const MATRIX = `
programs.read            s s s s s s s s . .
schools.read             s s s s s s s s . .
organizations.read       s s s s s s s s . .
schools.reorganize       e . . . . . . . . .
planningYears.read       s s s s s s s s . .
planningYears.open       s . . . . . . . . .
planningYears.act        s s . . . . . . . .
planningYears.undo       s l . . . . . . . .
planningYears.intervene  s p . . . . . . . .
interventions.read       s s . . . . . . . .
planningYears.log        s s s s s . . . . .
explorer.read            s s s s s s s s . .
metrics.read             e . . . . . . e . .
jobs.read                s s s s s s s s . .
jobs.watchAll            e . . . . . . . . .
tasks.read               s s s s s s s s . .
tasks.settle             s r r r r r r . . .
tasks.reopen             s s r r r r r . . .
notes.read               s s s s s . s . . .
notes.write              s s s s r . r . . .
contacts.write           s s . . . . . . . .
meetings.write           s s s s . . . . . .
reminders.read           s s o o o o o . . .
reminders.resend         s s o o o o o . . .
reports.read             s s s s s . . s . .
audit.read               s s . . . . . . . .
audit.export             s s . . . . . . . .
people.read              e . t t . . . . . .
people.manage            e . . . . . . . . .
preferences.set          e o o o o o o . . .
feeds.manage             e o o o o o o . . .
assignments.manage       e . t t . . . . . .
vendors.read             s s s s s . . . . .
vendors.manage           e . . . . . . . . .
contracts.read           s s s s s . . . . .
contracts.manage         e . . . . . . . . .
addresses.mend           s s . . . . . . . .
keys.manage              e . . . . . . . . .
parameters.set           e . . . . . . . . .
parameters.setBoardDates e s s . . . . . . .
imports.run              e . . . . . . . . .
mail.manage              e . . . . . . . . .
quarantine.read          e . . . . . . . . .
mail.report              e . . . . . . . e .
`;

const LETTERS: Record<string, string> = {
  ...{ s: 'scope', r: 'ownRole', o: 'own', t: 'team', l: 'lately', p: 'reported' },
  e: 'everywhere',
};

const written = MATRIX.trim()
  .split('\n')
  .map((line) => line.split(/\s+/))
  .map(([row, ...letters]) => ({ row: row as PolicyRow, letters }));

test('the table has these rows, and no other', () => {
  expect(Object.keys(policies).sort()).toEqual(written.map(({ row }) => row).sort());
});

test.each(written)('$row grants what is written here, and nothing else', ({ row, letters }) => {
  expect(letters).toHaveLength(KINDS.length);
  for (const [at, kind] of KINDS.entries())
    expect([kind, rightOf(row, kind)]).toEqual([kind, LETTERS[letters[at]!]]);
});
