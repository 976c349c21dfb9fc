/**
 * A stored instant as replies carry it. The database also knows instants before and after all others,
 * which are none: their own words stand for them, and no schema takes those.
 */
export const instantOf = (at: Date): string => (at instanceof Date ? at.toISOString() : String(at));
