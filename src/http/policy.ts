import type { ExpressionBuilder, ExpressionWrapper, SqlBool, StringReference } from 'kysely';
import { sql } from 'kysely';
import type { Actor } from '../actor.ts';
import type { KeyScope } from '../db/tables.ts';

/**
 * Who may do what, told over kinds of roles. What is not written here is refused.
 *
 * - `scope`: within the schools or districts of the caller's key;
 * - `ownRole`: the same, and only what is given to the caller's own role;
 * - `everywhere`: only with a key for everything.
 */
export const policies = {
  'programs.read': everyone('scope'),
  'schools.read': everyone('scope'),
  'planningYears.read': everyone('scope'),
  'planningYears.open': { state: 'scope' },
  'planningYears.act': { coach: 'scope', state: 'scope' },
  'planningYears.log': {
    coach: 'scope',
    state: 'scope',
    local: 'scope',
    school: 'scope',
    team: 'scope',
  },
  'jobs.read': everyone('scope'),
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
  'tasks.correct': { coach: 'scope', state: 'scope' },
  'reminders.read': { coach: 'scope', state: 'scope' },
  'reports.read': {
    coach: 'scope',
    state: 'scope',
    local: 'scope',
    school: 'scope',
    team: 'scope',
    dashboard: 'scope',
  },
  'people.manage': { state: 'everywhere' },
  'preferences.set': { state: 'everywhere' },
  'feeds.manage': { state: 'everywhere' },
  'assignments.manage': { state: 'everywhere' },
  'keys.manage': { state: 'everywhere' },
  'parameters.set': { state: 'everywhere' },
  'imports.run': { state: 'everywhere' },
  'reminders.resend': { coach: 'scope', state: 'scope' },
  'mail.manage': { state: 'everywhere' },
} satisfies Record<string, Policy>;

export type Kind = Actor['kind'];
type Grant = 'scope' | 'ownRole' | 'everywhere';
type Policy = Partial<Record<Kind, Grant>>;

/** `public`: no key is asked for. */
export type PolicyName = keyof typeof policies | 'public';

/** What a request is about, as far as the policy cares. */
export interface Subject {
  program?: string;
  district?: string;
  school?: string;
  /** It concerns the whole state. */
  state?: true;
  /** The role that it is given to. */
  role?: string;
}

/**
 * Without a subject (a list, something new) the answer is about the kind of role alone, and the
 * room limits what it touches with {@link inScope} or {@link whereInScope}.
 */
export function can(
  actor: Actor,
  policy: Exclude<PolicyName, 'public'>,
  subject: Subject | null,
): 'yes' | 'no' | 'outOfScope' {
  if (subject && !inScope(actor, subject)) return 'outOfScope';
  const grant = (policies[policy] as Policy)[actor.kind];
  if (grant === undefined) return 'no';
  if (grant === 'everywhere' && !('all' in actor.scope)) return 'no';
  if (grant === 'ownRole' && subject && subject.role !== actor.role) return 'no';
  return 'yes';
}

/** Whether the actor's key reaches the subject. Its pair for lists is {@link whereInScope}. */
export function inScope(actor: Actor, subject: Subject): boolean {
  const { program, organizations } = scopeOf(actor);
  if (program !== null && subject.program !== undefined && subject.program !== program)
    return false;
  if ('all' in organizations || isOfNoOrganization(subject)) return true;
  if ('districts' in organizations)
    return subject.district !== undefined && organizations.districts.includes(subject.district);
  return subject.school !== undefined && organizations.schools.includes(subject.school);
}

/** How far the actor's key reaches; `program: null` is every program. */
export const scopeOf = (actor: Actor): { program: string | null; organizations: KeyScope } => ({
  program: actor.program,
  organizations: actor.scope,
});

/** The rows that {@link inScope} would say yes to. A column left out does not exist in the rows. */
export function whereInScope<DB, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  actor: Actor,
  columns: {
    program?: StringReference<DB, TB>;
    district?: StringReference<DB, TB>;
    school?: StringReference<DB, TB>;
  },
): ExpressionWrapper<DB, TB, SqlBool> {
  const { program, organizations } = scopeOf(actor);
  const among = (column: StringReference<DB, TB> | undefined, values: string[]) =>
    column === undefined
      ? eb.lit(false)
      : sql<SqlBool>`${sql.ref(column as string)} = any(${values}::text[])`;
  return eb.and([
    ...(program !== null && columns.program !== undefined
      ? [sql<SqlBool>`${sql.ref(columns.program as string)} = ${program}`]
      : []),
    ...('districts' in organizations ? [among(columns.district, organizations.districts)] : []),
    ...('schools' in organizations ? [among(columns.school, organizations.schools)] : []),
  ]);
}

const isOfNoOrganization = ({ state, district, school }: Subject) =>
  state === undefined && district === undefined && school === undefined;

function everyone<G extends Grant>(grant: G) {
  return {
    coach: grant,
    state: grant,
    local: grant,
    school: grant,
    team: grant,
    board: grant,
    vendor: grant,
    dashboard: grant,
  };
}
