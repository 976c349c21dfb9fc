import type { TaskModel, YearModel } from '../planning-years/model.ts';
import { addDays, endOfMonth } from '../reminders/days.ts';
import type { DirectoryEntry } from '../schools/read-directory.ts';
import { matterAhead, matterAt } from './board.ts';
import { type Draws, drawsOf } from './draws.ts';
import type { Late } from './options.ts';
import type { Character } from './people.ts';
import type { Roster } from './roster.ts';
import { boardMeetingFrom } from './work-days.ts';

/** What decides when somebody sets about something. */
export interface Plans {
  seed: number;
  late: Late | null;
  roster: Roster;
}

/**
 * The date on which somebody means to do a task: by the date that it is due, or the end of its month
 * while none is set, and by their own character. What the board has to vote on is planned for before
 * its meeting. Everybody whom a task of wider scope concerns does it on the same date.
 */
export function plannedOn(
  { seed, late, roster }: Plans,
  model: YearModel,
  school: DirectoryEntry,
  task: TaskModel,
): string {
  const slip = late && regionsOf(model, task).includes(late.region) ? late.days : 0;
  const meeting = matterAt(model, task)?.meeting;
  if (meeting !== undefined) return slip > 0 ? boardMeetingFrom(addDays(meeting, slip)) : meeting;
  const by = dateBy(model, task);
  const character = roster.answersFor(school, task.role, by)?.character ?? 'prompt';
  const draws = drawsOf(seed, 'work', placeOf(school, task), task.key);
  return addDays(by, slip - daysBefore(character, draws));
}

/** The regions whose work a task is. */
export function regionsOf({ event, pack }: YearModel, { raises, opensWhen }: TaskModel): string[] {
  const raised = raises ? event(raises)?.region.key : undefined;
  if (raised) return [raised];
  // What opens with the release alone is no part of that region's story.
  const { tasksOpenWhen } = pack.program;
  return opensWhen.flatMap(([region, state]) => (tasksOpenWhen[region] === state ? [] : [region]));
}

function dateBy(model: YearModel, task: TaskModel): string {
  const due = task.dueOn ?? endOfMonth(`${task.month}-01`);
  const meeting = matterAhead(model, task)?.meeting;
  return meeting !== undefined && meeting < due ? addDays(meeting, -1) : due;
}

/** The organization that does a task once for all it covers. */
export function placeOf({ code, districtCode }: DirectoryEntry, { scope }: TaskModel): string {
  switch (scope) {
    case 'state':
      return 'state';
    case 'district':
      return districtCode;
    case 'school':
      return code;
    default:
      return scope satisfies never;
  }
}

function daysBefore(character: Character, draws: Draws): number {
  switch (character) {
    case 'prompt':
      return draws.between(4, 18);
    case 'late':
      return draws.between(-12, 6);
    case 'absent':
    case 'leaving':
      return draws.between(1, 12);
    default:
      return character satisfies never;
  }
}
