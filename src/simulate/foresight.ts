import { eventsAfter } from '../../machines/reach.ts';
import { edges } from '../../machines/region.ts';
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
  const slip = late && task.regions.includes(late.region) ? late.days : 0;
  const meeting = matterAt(model, task)?.meeting;
  if (meeting !== undefined) return slip > 0 ? boardMeetingFrom(addDays(meeting, slip)) : meeting;
  const by = dateBy(model, task);
  const character = roster.answersFor(school, task.role, by)?.character ?? 'prompt';
  const draws = drawsOf(seed, 'work', placeOf(school, task), task.key);
  const meant = addDays(by, -daysBefore(character, draws));
  // Nobody means to be at work after the year's end.
  const last = addDays(model.until, -4);
  return addDays(meant < last ? meant : last, slip);
}

/** What others wait for before a deadline of theirs, or before the board meets, is meant to be done in time. */
function dateBy(model: YearModel, task: TaskModel): string {
  const due = task.dueOn ?? endOfMonth(`${task.month}-01`);
  const meeting = matterAhead(model, task)?.meeting;
  const ahead = deadlinesAhead(model, task).map((deadline) => addDays(deadline, -7));
  return [due, ...(meeting === undefined ? [] : [addDays(meeting, -1)]), ...ahead].sort()[0]!;
}

/** Due dates of what comes later in the same region. */
function deadlinesAhead(model: YearModel, { raises }: TaskModel): string[] {
  const event = raises ? model.event(raises) : undefined;
  if (!event) return [];
  const state = edges(event.region).find(({ type }) => type === raises)?.to ?? '';
  return eventsAfter(event.region, state)
    .flatMap((type) => (type === raises ? [] : (model.raisedBy.get(type) ?? [])))
    .flatMap(({ kind, dueOn }) => (kind === 'deadline' && dueOn !== null ? [dueOn] : []));
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
      return draws.between(-10, 6);
    case 'absent':
    case 'leaving':
      return draws.between(1, 12);
    default:
      return character satisfies never;
  }
}
