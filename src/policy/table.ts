import type { Grant } from '../actor.ts';

/**
 * Who may do what, told over kinds of roles. What is not written here is refused.
 *
 * - `scope`: within the schools or districts of the role;
 * - `ownRole`: the same, and only what is given to that very role;
 * - `own`: the same, and only what concerns the person who asks;
 * - `team`: the same, and only what concerns roles of kind team;
 * - `lately`: the same, and only what was recorded in the last 24 hours;
 * - `reported`: within the scope, with a reason, and the state is told;
 * - `everywhere`: only with a role for everything.
 *
 * A vendor is told only of what its own role has a part in, whatever stands here.
 */
export const policies = {
  'programs.read': everyone('scope'),
  'schools.read': everyone('scope'),
  'organizations.read': everyone('scope'),
  /** Close, merge, new code. */
  'schools.reorganize': { state: 'everywhere' },
  'planningYears.read': everyone('scope'),
  'planningYears.open': { state: 'scope' },
  /** Events and corrections by hand. */
  'planningYears.act': { coach: 'scope', state: 'scope' },
  /** What has moved a region, a waiver, another role's tick. */
  'planningYears.undo': { coach: 'lately', state: 'scope' },
  /** Waive, extend, force, reinstate, and what is said to have happened more than 30 days ago. */
  'planningYears.intervene': { coach: 'reported', state: 'scope' },
  'interventions.read': { coach: 'scope', state: 'scope' },
  'planningYears.log': withoutVendors('scope'),
  /** When it is closed to everybody else. */
  'explorer.read': everyone('scope'),
  'metrics.read': { state: 'everywhere', dashboard: 'everywhere' },
  'jobs.read': everyone('scope'),
  'jobs.watchAll': { state: 'everywhere' },
  'tasks.read': everyone('scope'),
  'tasks.settle': {
    state: 'scope',
    coach: 'ownRole',
    local: 'ownRole',
    school: 'ownRole',
    team: 'ownRole',
    board: 'ownRole',
    vendor: 'ownRole',
  },
  /** Where it comes to an undo, that row counts. */
  'tasks.reopen': {
    state: 'scope',
    coach: 'scope',
    local: 'ownRole',
    school: 'ownRole',
    team: 'ownRole',
    board: 'ownRole',
    vendor: 'ownRole',
  },
  'notes.read': {
    coach: 'scope',
    state: 'scope',
    local: 'scope',
    school: 'scope',
    team: 'scope',
    vendor: 'scope',
  },
  /** Of a task, or of the year: what somebody may add to they also read. */
  'notes.write': {
    coach: 'scope',
    state: 'scope',
    local: 'scope',
    school: 'scope',
    team: 'ownRole',
    vendor: 'ownRole',
  },
  'contacts.write': { coach: 'scope', state: 'scope' },
  'meetings.write': { coach: 'scope', state: 'scope', local: 'scope', school: 'scope' },
  'reminders.read': {
    coach: 'scope',
    state: 'scope',
    local: 'own',
    school: 'own',
    team: 'own',
    board: 'own',
    vendor: 'own',
  },
  'reminders.resend': {
    coach: 'scope',
    state: 'scope',
    local: 'own',
    school: 'own',
    team: 'own',
    board: 'own',
    vendor: 'own',
  },
  'reports.read': { ...withoutVendors('scope'), dashboard: 'scope' },
  'audit.read': { coach: 'scope', state: 'scope' },
  'audit.export': { coach: 'scope', state: 'scope' },
  'people.read': { state: 'everywhere', local: 'team', school: 'team' },
  'people.manage': { state: 'everywhere' },
  /** How and when mail comes, and calendars to subscribe to. */
  'preferences.set': { ...everyonesOwn(), state: 'everywhere' },
  'feeds.manage': { ...everyonesOwn(), state: 'everywhere' },
  /** A principal and a district name the leadership team of their own school. */
  'assignments.manage': { state: 'everywhere', local: 'team', school: 'team' },
  'vendors.read': withoutVendors('scope'),
  'vendors.manage': { state: 'everywhere' },
  'contracts.read': withoutVendors('scope'),
  'contracts.manage': { state: 'everywhere' },
  /** See whose address refuses mail, and let it be sent to again; not change it. */
  'addresses.mend': { coach: 'scope', state: 'scope' },
  'keys.manage': { state: 'everywhere' },
  'parameters.set': { state: 'everywhere' },
  /** What a district sets for itself: the days on which its board meets. */
  'parameters.setBoardDates': { state: 'everywhere', coach: 'scope', local: 'scope' },
  'imports.run': { state: 'everywhere' },
  'mail.manage': { state: 'everywhere' },
  /** What can't be used as it is stored, and what mends it. */
  'quarantine.read': { state: 'everywhere' },
  /** Handing in what became of mails: all that a mail provider's webhook may do. */
  'mail.report': { state: 'everywhere', webhook: 'everywhere' },
} satisfies Record<string, Policy>;

export type Kind = Grant['kind'];
export type Right = 'scope' | 'ownRole' | 'own' | 'team' | 'lately' | 'reported' | 'everywhere';
type Policy = Partial<Record<Kind, Right>>;

export type PolicyRow = keyof typeof policies;
/** `public`: nobody is asked who they are. */
export type PolicyName = PolicyRow | 'public';

/** What the table grants; undefined: nothing. */
export const rightOf = (policy: PolicyRow, kind: Kind): Right | undefined =>
  (policies[policy] as Policy)[kind];

/** Kinds of roles that are told only of what their own role has a part in. */
export const isNarrow = (kind: Kind): boolean => kind === 'vendor';

function everyone<R extends Right>(right: R) {
  return { ...withoutVendors(right), board: right, vendor: right, dashboard: right };
}

function everyonesOwn() {
  return {
    coach: 'own',
    local: 'own',
    school: 'own',
    team: 'own',
    board: 'own',
    vendor: 'own',
  } as const;
}

function withoutVendors<R extends Right>(right: R) {
  return { coach: right, state: right, local: right, school: right, team: right };
}
