import { dateOf } from './dates.ts';
import type { School } from './deadlines.ts';

/**
 * The states in which a school's year has ended in parts although ISBE and the leadership team (SLT)
 * never mark anything as done, while everybody else does. All other regions wait for one of the two.
 *
 * ISBE's: it releases allocations and applications, approves the planning grant and selects for the
 * review. The SLT's: it reviews its composition, reaches consensus on the rubric, and has its part in
 * discussing the report, naming the advisory group and choosing partners.
 */
export const endedWithoutStateAndTeam = (school: School): Readonly<Record<string, string>> => ({
  // The release came with the file of designations; letter and meeting are the district's and the principal's.
  designation: 'coordinatorMet',
  // The coordinator tells of the last webinar.
  orientation: 'informed',
  // A district reports, whether or not ISBE has recorded the grant's approval.
  qer2: 'submitted',
  qer3: 'submitted',
  qer4: 'submitted',
  // The vendor's report comes without the SLT, and the priorities follow from it.
  rootCause: 'prioritiesNamed',
  sip: 'approved',
  planningYearReport: 'approved',
  surveys: 'completed',
  ...endedByThemselves(school),
});

/** What a school's own facts settle on the first day. Nothing else ends before somebody acts. */
export const endedByThemselves = ({ cps, review }: School): Readonly<Record<string, string>> => ({
  ...(cps && { iqfsr: 'exempt' }),
  ...(review === false && { resourceAllocationReview: 'notSelected' }),
});

/** Whether an event may come on a day without anybody's act: by the school's facts, or as a quarter ends. */
export function comesByItself({ begins, cps, review }: School, event: string, on: string): boolean {
  switch (event) {
    case 'iqfsr.exempted':
      return cps;
    case 'resourceAllocationReview.passedBy':
      return review === false;
    case 'qer2.quarterClosed':
      return on > dateOf(begins, 12, 31);
    case 'qer3.quarterClosed':
      return on > dateOf(begins + 1, 3, 31);
    case 'qer4.quarterClosed':
      return on > dateOf(begins + 1, 6, 30);
    // It ends nothing: the plan may be drafted from the release on.
    case 'sip.draftingOpened':
      return true;
    default:
      return false;
  }
}
