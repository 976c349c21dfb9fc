import { inFile, type Mistake } from './mistake.ts';

const MATRIX = 'test/policy/matrix.test.ts';
const POLICY = 'test/policy/policy.test.ts';
const table = inFile('src/policy/table.ts', MATRIX);
const can = inFile('src/policy/can.ts', POLICY);
const where = inFile('src/policy/where.ts', POLICY);

/** Who may do what. */
export default [
  table(
    'Coaches close schools',
    "'schools.reorganize': { state: 'everywhere' }",
    "'schools.reorganize': { state: 'everywhere', coach: 'scope' }",
  ),
  table(
    'A state role for one district closes schools',
    "'schools.reorganize': { state: 'everywhere' }",
    "'schools.reorganize': { state: 'scope' }",
  ),
  table(
    'Coaches open planning years',
    "'planningYears.open': { state: 'scope' }",
    "'planningYears.open': { state: 'scope', coach: 'scope' }",
  ),
  table(
    'Principals act on planning years',
    "'planningYears.act': { coach: 'scope', state: 'scope' }",
    "'planningYears.act': { coach: 'scope', state: 'scope', school: 'scope' }",
  ),
  table(
    'Coaches undo whatever is old',
    "'planningYears.undo': { coach: 'lately', state: 'scope' }",
    "'planningYears.undo': { coach: 'scope', state: 'scope' }",
  ),
  table(
    'What coaches force is told to nobody',
    "'planningYears.intervene': { coach: 'reported', state: 'scope' }",
    "'planningYears.intervene': { coach: 'scope', state: 'scope' }",
  ),
  table(
    'Local staff read the audit',
    "'audit.read': { coach: 'scope', state: 'scope' }",
    "'audit.read': { coach: 'scope', state: 'scope', local: 'scope' }",
  ),
  table(
    'Dashboards export the audit',
    "'audit.export': { coach: 'scope', state: 'scope' }",
    "'audit.export': { coach: 'scope', state: 'scope', dashboard: 'scope' }",
  ),
  table(
    'Anybody watches the jobs of others',
    "'jobs.watchAll': { state: 'everywhere' }",
    "'jobs.watchAll': { state: 'scope' }",
  ),
  table(
    'Coaches manage people',
    "'people.manage': { state: 'everywhere' }",
    "'people.manage': { state: 'everywhere', coach: 'scope' }",
  ),
  table(
    'Principals read about all people',
    "'people.read': { state: 'everywhere', local: 'team', school: 'team' }",
    "'people.read': { state: 'everywhere', local: 'team', school: 'scope' }",
  ),
  table(
    'A principal gives any role',
    "'assignments.manage': { state: 'everywhere', local: 'team', school: 'team' }",
    "'assignments.manage': { state: 'everywhere', local: 'team', school: 'scope' }",
  ),
  table(
    'Coaches make keys',
    "'keys.manage': { state: 'everywhere' }",
    "'keys.manage': { state: 'everywhere', coach: 'scope' }",
  ),
  table(
    'A webhook reads the mail settings',
    "'mail.manage': { state: 'everywhere' }",
    "'mail.manage': { state: 'everywhere', webhook: 'everywhere' }",
  ),
  table(
    'Coaches run imports',
    "'imports.run': { state: 'everywhere' }",
    "'imports.run': { state: 'everywhere', coach: 'scope' }",
  ),
  table(
    'Local staff mend addresses',
    "'addresses.mend': { coach: 'scope', state: 'scope' }",
    "'addresses.mend': { coach: 'scope', state: 'scope', local: 'scope' }",
  ),
  table(
    'Dashboards are told of vendors',
    "'vendors.read': withoutVendors('scope')",
    "'vendors.read': everyone('scope')",
  ),
  table(
    'Vendors are told whatever concerns their school',
    "kind === 'vendor';",
    "kind === 'dashboard';",
    { tests: [POLICY, 'test/policy/every-route.test.ts'] },
  ),
  can(
    'A role of one district reaches every other',
    'scope.districts.includes(subject.district)',
    'scope.districts.length > 0',
  ),
  can(
    'A role of one school reaches every other',
    'scope.schools.includes(subject.school)',
    'scope.schools.length > 0',
  ),
  can(
    'A role of one program reaches the others',
    'subject.program !== program)',
    'subject.program === undefined)',
  ),
  can(
    'A task of any role is one of the own role',
    'subject === null || subject.role === grant.role',
    'subject === null || subject.role !== undefined',
  ),
  can(
    'What concerns others is one’s own',
    'subject.person === actor.person',
    'subject.person !== null',
  ),
  can(
    'Any role is one of a team',
    'subject === null || subject.team === true',
    'subject === null || subject.team !== undefined',
  ),
  can(
    'What is 24 hours old to the minute is too old',
    'subject.age <= LATELY',
    'subject.age < LATELY',
  ),
  can(
    'What is recorded at no time is of late',
    'subject.age !== undefined && subject.age <= LATELY',
    'subject.age === undefined || subject.age <= LATELY',
  ),
  can(
    'A role for some schools counts as one for all',
    "return 'all' in grant.scope;",
    'return grant.scope !== undefined;',
  ),
  can('What is out of reach is refused by name', "? 'outOfScope' : 'no'", "? 'no' : 'outOfScope'"),
  can(
    'Dashboards are told names of people',
    "kind !== 'dashboard' && kind !== 'webhook'",
    "kind !== 'webhook'",
    { tests: [POLICY, 'test/policy/dashboard.test.ts', 'test/reports/summary.test.ts'] },
  ),
  can(
    'The log names the first role of a person, whichever let them',
    'return { ...actor, grants: [grant, ...actor.grants.filter((other) => other !== grant)] };',
    'return actor;',
    { tests: [POLICY, 'test/policy/several-roles.test.ts'] },
  ),
  where(
    'Lists show what lies outside of the district',
    "...('districts' in scope ? among(columns.district, scope.districts) : []),",
    '',
  ),
  where(
    'Lists show what lies outside of the school',
    "...('schools' in scope ? among(columns.school, scope.schools) : []),",
    '',
  ),
  where(
    'Lists show other programs',
    'program !== null && columns.program !== undefined ? equal(columns.program, program) : []',
    '[]',
  ),
  where(
    'Lists show a vendor the tasks of others',
    'isNarrow(kind) && columns.role !== undefined ? equal(columns.role, role) : []',
    '[]',
  ),
  where('Lists show what concerns others', ': equal(columns.person, actor.person);', ': [];'),
  where('Several roles have to allow a row together', 'return eb.or(', 'return eb.and('),
] satisfies Mistake[];
