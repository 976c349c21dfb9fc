import { drawsOf } from '../../../src/simulate/draws.ts';
import { dateOf, plus } from './expectation/dates.ts';
import type { School } from './expectation/deadlines.ts';

/** A school whose year is to be played, in the product's words and in those of the expectation. */
export interface PlayedSchool {
  code: string;
  district: string;
  /** `2026-27` */
  year: string;
  opensOn: string;
  /** Whether ISBE had released the designation by then. */
  released: boolean;
  given: { newlyDesignated: boolean | null; resourceAllocationReview: boolean | null };
  parameters: Record<string, string>;
  school: School;
}

export const BEGINS = Array.from({ length: 10 }, (_, at) => 2026 + at);

/** Each kind of school: of CPS or not, and what its designation says of it. */
export const KINDS = [true, false].flatMap((cps) =>
  [true, false, null].flatMap((newlyDesignated) =>
    [true, false, null].map((review) => ({ cps, newlyDesignated, review })),
  ),
);

/** One school of each kind in a school year, with every date set. */
export const oneOfEach = (begins: number): PlayedSchool[] =>
  KINDS.map(({ cps, newlyDesignated, review }, at) =>
    schoolAt(begins, cps ? 0 : 1 + at, at, cps, newlyDesignated, review, 1),
  );

/**
 * The nth school of a thousand in a school year. Five of 25 are Chicago's; dates are set for a
 * district, some are never set, and in one school year the planning grant's is not. One year in six
 * is opened before its designation is released, which blocks everything in it: deadlines speak all
 * the same.
 */
export function anySchool(begins: number, n: number): PlayedSchool {
  const draws = drawsOf(SEED, 'school', String(begins), String(n));
  const unknown = [true, false, null];
  const cps = n % 25 < 5;
  const district = cps ? 0 : n % 25;
  // It is districts that are selected for the review.
  const review = drawsOf(SEED, 'review', String(begins), String(district)).pick(unknown);
  const school = schoolAt(begins, district, n, cps, draws.pick(unknown), review, 0.9);
  return { ...school, released: draws.chance(5 / 6) };
}

const SEED = 10;

function schoolAt(
  begins: number,
  district: number,
  n: number,
  cps: boolean,
  newlyDesignated: boolean | null,
  review: boolean | null,
  chanceOfDates: number,
): PlayedSchool {
  const spring = begins + 1;
  const grantDue = dayWithin(begins, 'grant', dateOf(begins, 11, 2), dateOf(spring, 1, 29));
  const meeting = (what: string, from: string, to: string): string | null => {
    const draws = drawsOf(SEED, what, String(begins), String(district));
    return draws.chance(chanceOfDates) ? dayWithin(begins, `${what} ${district}`, from, to) : null;
  };
  const dates = {
    planningGrantDue: chanceOfDates < 1 && begins === WITHOUT_GRANT_DATE ? null : grantDue,
    // From June to the last days of grace: boards meet in August and September, too.
    boardMeetingSip: meeting('sip', dateOf(spring, 6, 1), dateOf(spring, 9, 20)),
    boardMeetingPartner: meeting('partner', dateOf(spring, 7, 1), dateOf(spring, 9, 29)),
  };
  const code = cps ? '15-016-2990-25' : `98-9${String(district).padStart(2, '0')}-0010-26`;
  return {
    code: `${code}-${String((begins % 10) * 1000 + n).padStart(4, '0')}`,
    district: code,
    year: `${begins}-${String(spring % 100).padStart(2, '0')}`,
    opensOn: plus(
      dateOf(begins, 10, 1),
      drawsOf(SEED, 'opens', String(begins), String(n)).between(0, 15),
    ),
    released: true,
    given: { newlyDesignated, resourceAllocationReview: review },
    parameters: Object.fromEntries(
      Object.entries(dates).flatMap(([id, date]) => (date === null ? [] : [[id, date]])),
    ),
    school: { begins, cps, review, ...dates },
  };
}

const WITHOUT_GRANT_DATE = 2031;

function dayWithin(begins: number, what: string, from: string, to: string): string {
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  return plus(from, drawsOf(SEED, 'day', what, String(begins)).between(0, days));
}
