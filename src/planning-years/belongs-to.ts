import canonicalize from 'canonicalize';

/** Whose a planning year is. Its log and its seals tell it, so that a row that tells another shows. */
export interface BelongsTo {
  program: string;
  /** `2026-27` */
  year: string;
  organizationKind: 'school' | 'district';
  organizationCode: string;
  districtCode: string;
}

/** What a row tells of it. */
export const belongsToOf = (row: BelongsTo): BelongsTo => {
  const { program, year, organizationKind, organizationCode, districtCode } = row;
  return { program, year, organizationKind, organizationCode, districtCode };
};

export const isSamePlace = (one: BelongsTo, other: BelongsTo): boolean =>
  canonicalize(one) === canonicalize(other);
