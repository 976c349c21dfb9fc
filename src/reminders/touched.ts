import type { AssignmentFacts, YearFacts } from './facts.ts';

interface Facts {
  years: ReadonlyMap<string, YearFacts>;
  assignments: readonly AssignmentFacts[];
}

/**
 * The years of a program whose people change from one day to another of a play; nothing else changes
 * there. Changed have those whose first day has come, or whose last is over.
 *
 * @returns null: all of them
 */
export function touchedOn(
  { years, assignments }: Facts,
  program: string,
  through: string,
  today: string,
): string[] | null {
  const moved = assignments.filter(
    (held) =>
      held.program === program &&
      ((held.fromOn > through && held.fromOn <= today) ||
        (held.toOn !== null && held.toOn >= through && held.toOn < today)),
  );
  if (moved.length === 0) return [];
  if (moved.some(({ organizationKind }) => organizationKind === 'state')) return null;
  const places = new Set(
    moved.map((held) => placeOf(held.organizationKind, held.organizationCode)),
  );
  return [...years.values()]
    .filter(
      (year) =>
        year.program === program &&
        (places.has(placeOf(year.organizationKind, year.organizationCode)) ||
          places.has(placeOf('district', year.districtCode))),
    )
    .map(({ id }) => id);
}

const placeOf = (kind: string, code: string): string => `${kind} ${code}`;
