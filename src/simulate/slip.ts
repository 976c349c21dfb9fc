import { daysBetween } from '../reminders/days.ts';
import type { Late } from './options.ts';
import type { BoardOutcome, DeadlineOutcome, Outcome, RegionOutcome } from './outcome.ts';

/** How the lateness of one region travels: the same year without it and with it. */
export interface Slip extends Late {
  regions: {
    region: string;
    title: string;
    without: Pick<RegionOutcome, 'finished' | 'median' | 'last'>;
    with: Pick<RegionOutcome, 'finished' | 'median' | 'last'>;
    /** Of the day by which half of the schools had finished; null where that never came. */
    daysLater: number | null;
  }[];
  /** Whether at least as many schools keep each deadline as without the slip. */
  deadlines: {
    task: string;
    title: string;
    dueOn: string;
    onTimeWithout: number;
    onTimeWith: number;
    holds: boolean;
  }[];
  boards: {
    region: string;
    title: string;
    /** The last meeting of the planning year at which the board can still vote. */
    lastThatWorks: string;
    readyWithout: number;
    readyWith: number;
    /** The first meeting for half of the schools. */
    meetingWithout: string | null;
    meetingWith: string | null;
    holds: boolean;
  }[];
}

export function slipBetween(late: Late, without: Outcome, with_: Outcome): Slip {
  return {
    ...late,
    regions: without.regions.map((region, at) => regionSlip(region, with_.regions[at]!)),
    deadlines: without.deadlines.map((deadline, at) =>
      deadlineSlip(deadline, with_.deadlines[at]!),
    ),
    boards: without.boards.map((board, at) => boardSlip(board, with_.boards[at]!)),
  };
}

function regionSlip(before: RegionOutcome, after: RegionOutcome): Slip['regions'][number] {
  const shown = ({ finished, median, last }: RegionOutcome) => ({ finished, median, last });
  const { region, title } = before;
  const both = before.median !== null && after.median !== null;
  const daysLater = both ? daysBetween(before.median!, after.median!) : null;
  return { region, title, without: shown(before), with: shown(after), daysLater };
}

function deadlineSlip(before: DeadlineOutcome, after: DeadlineOutcome): Slip['deadlines'][number] {
  const { task, title, dueOn } = before;
  const counts = { onTimeWithout: before.onTime, onTimeWith: after.onTime };
  return { task, title, dueOn, ...counts, holds: after.onTime >= before.onTime };
}

function boardSlip(before: BoardOutcome, after: BoardOutcome): Slip['boards'][number] {
  return {
    region: before.region,
    title: before.title,
    lastThatWorks: before.lastMeeting,
    readyWithout: before.readyInTime,
    readyWith: after.readyInTime,
    meetingWithout: before.firstMeetingFor,
    meetingWith: after.firstMeetingFor,
    holds: after.readyInTime >= before.readyInTime,
  };
}
