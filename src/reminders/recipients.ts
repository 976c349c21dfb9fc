import type { AssignmentFacts, YearFacts } from './facts.ts';

/** Who is to be reminded of a role's work in a year, by person id, each once, in a stable order. */
export type Recipients = (year: YearFacts, role: string) => readonly string[];

/**
 * The people who hold a role on `today`: for the school itself, for its district, or for the state.
 * A program has one state agency, so every assignment at the state covers every school.
 */
export function recipientsOn(today: string, assignments: readonly AssignmentFacts[]): Recipients {
  const held = Map.groupBy(inForce(today, assignments), (a) =>
    place(a.program, a.role, a.organizationKind, a.organizationCode),
  );
  const found = new Map<string, readonly string[]>();
  return (year, role) => {
    const key = `${year.id} ${role}`;
    const known = found.get(key) ?? peopleAt(held, year, role);
    found.set(key, known);
    return known;
  };
}

/** The roles that somebody holds in a year on `today`, for the same places. */
export function rolesHeldOn(
  today: string,
  assignments: readonly AssignmentFacts[],
): (year: YearFacts, person: string) => ReadonlySet<string> {
  const held = Map.groupBy(inForce(today, assignments), ({ personId }) => personId);
  return (year, person) =>
    new Set((held.get(person) ?? []).filter((a) => covers(a, year)).map(({ role }) => role));
}

const covers = (
  { program, organizationKind, organizationCode: code }: AssignmentFacts,
  year: YearFacts,
): boolean =>
  program === year.program &&
  (organizationKind === 'state' ||
    (organizationKind === year.organizationKind && code === year.organizationCode) ||
    (organizationKind === 'district' && code === year.districtCode));

const inForce = (today: string, assignments: readonly AssignmentFacts[]) =>
  assignments.filter(({ fromOn, toOn }) => fromOn <= today && (toOn === null || today <= toOn));

function peopleAt(
  held: ReadonlyMap<string, readonly AssignmentFacts[]>,
  { program, organizationKind, organizationCode, districtCode }: YearFacts,
  role: string,
): readonly string[] {
  const places = [
    place(program, role, organizationKind, organizationCode),
    place(program, role, 'district', districtCode),
    place(program, role, 'state', ''),
  ];
  const people = places.flatMap((at) => held.get(at) ?? []).map(({ personId }) => personId);
  return [...new Set(people)].sort();
}

const place = (program: string, role: string, kind: string, code: string): string =>
  [program, role, kind, kind === 'state' ? '' : code].join(' ');
