import type { Actor, Grant } from '../actor.ts';
import { isNarrow, type PolicyRow, type Right, rightOf } from './table.ts';

/** What a request is about, as far as the policy cares. */
export interface Subject {
  program?: string;
  district?: string;
  school?: string;
  /** It concerns the whole state. */
  state?: true;
  /** The role that it is given to. */
  role?: string;
  /** It is given to a role of kind team. */
  team?: boolean;
  /** The person whom it concerns. */
  person?: string | null;
  /** Hours since it was recorded. */
  age?: number;
}

export type Answer = 'yes' | 'no' | 'outOfScope';

/**
 * Whether the actor may: by any one of the roles that they hold. Its pair for lists is `whereCan`.
 *
 * Without a subject (a list, something new) the answer is about the kind of role alone, and the
 * room limits what it touches, by asking again about each thing or with `whereCan`.
 */
export function can(actor: Actor, policy: PolicyRow, subject: Subject | null): Answer {
  if (grantFor(actor, policy, subject)) return 'yes';
  return subject && !inScope(actor, subject) ? 'outOfScope' : 'no';
}

/** The same actor with the role in front that lets them; for the log, which names the role. */
export function actingBy(actor: Actor, policy: PolicyRow, subject: Subject | null): Actor {
  const grant = grantFor(actor, policy, subject);
  if (!grant || grant === actor.grants[0]) return actor;
  return { ...actor, grants: [grant, ...actor.grants.filter((other) => other !== grant)] };
}

/** Whether any of the actor's roles reaches the subject. */
export const inScope = (actor: Actor, subject: Subject): boolean =>
  actor.grants.some((grant) => reaches(grant, subject));

/** The roles whose part in the subject the actor is told of; null: everybody's. */
export function rolesSeen(actor: Actor, subject: Subject): string[] | null {
  const reaching = actor.grants.filter((grant) => reaches(grant, subject));
  return reaching.some(({ kind }) => !isNarrow(kind)) ? null : reaching.map(({ role }) => role);
}

/** Whether names of people may be told to the actor. */
export const seesPeople = ({ grants }: Actor): boolean =>
  grants.some(({ kind }) => kind !== 'dashboard' && kind !== 'webhook');

/** Whether there is nothing that the actor may read: then it is not to learn what exists, either. */
export const readsNothing = ({ grants }: Actor): boolean =>
  grants.every(({ kind }) => kind === 'webhook');

function grantFor(actor: Actor, policy: PolicyRow, subject: Subject | null): Grant | undefined {
  return actor.grants.find((grant) => {
    const right = rightOf(policy, grant.kind);
    if (right === undefined) return false;
    if (subject && !reaches(grant, subject)) return false;
    return permits(right, grant, actor, subject);
  });
}

function permits(right: Right, grant: Grant, actor: Actor, subject: Subject | null): boolean {
  switch (right) {
    case 'scope':
    case 'reported':
      return true;
    case 'everywhere':
      return 'all' in grant.scope;
    case 'ownRole':
      return subject === null || subject.role === grant.role;
    case 'own':
      return actor.person !== null && (subject === null || subject.person === actor.person);
    case 'team':
      return subject === null || subject.team === true;
    case 'lately':
      return subject === null || (subject.age !== undefined && subject.age <= LATELY);
    default:
      return right satisfies never;
  }
}

/** In hours. */
export const LATELY = 24;

function reaches({ kind, role, program, scope }: Grant, subject: Subject): boolean {
  if (program !== null && subject.program !== undefined && subject.program !== program)
    return false;
  if (isNarrow(kind) && subject.role !== undefined && subject.role !== role) return false;
  if ('all' in scope || isOfNoOrganization(subject)) return true;
  if ('districts' in scope)
    return subject.district !== undefined && scope.districts.includes(subject.district);
  return subject.school !== undefined && scope.schools.includes(subject.school);
}

const isOfNoOrganization = ({ state, district, school }: Subject) =>
  state === undefined && district === undefined && school === undefined;
