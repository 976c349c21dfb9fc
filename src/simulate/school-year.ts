import type { TaskModel, YearModel } from '../planning-years/model.ts';
import type { LogEntry } from '../planning-years/state.ts';
import type { YearRow } from '../planning-years/store.ts';
import { addDays } from '../reminders/days.ts';
import type { DirectoryEntry } from '../schools/read-directory.ts';
import { matterAt } from './board.ts';
import { drawsOf } from './draws.ts';
import { type Plans, placeOf, plannedOn } from './foresight.ts';
import { boardMeetingFrom, workDaysAfter } from './work-days.ts';

/** Something that somebody means to do. */
export interface Intention {
  task: TaskModel;
  /** Not before that date. */
  on: string;
  /** The log's head when the task was last found blocked; null: it was not. */
  blockedAt: number | null;
}

/** A school's year as the simulation follows it. */
export interface SchoolYear {
  school: DirectoryEntry;
  /** As last read or written. */
  year: { row: YearRow; model: YearModel };
  /** In the order in which they were meant to come, then in the calendar's. */
  intentions: Intention[];
  /** Facts that the coordinator will find out about, and when. */
  questions: { fact: string; on: string }[];
  /** Returns that have happened. */
  returned: Set<string>;
}

export function followYear(
  plans: Plans,
  school: DirectoryEntry,
  row: YearRow,
  model: YearModel,
): SchoolYear {
  const following: SchoolYear = {
    school,
    year: { row, model },
    intentions: [],
    questions: questionsOf(plans, school, row, model),
    returned: new Set(),
  };
  intend(
    following,
    model.tasks.map((task) => ({ task, on: plannedOn(plans, model, school, task) })),
  );
  return following;
}

/** Adds what is to be done (again). */
export function intend(following: SchoolYear, wanted: { task: TaskModel; on: string }[]): void {
  const tasks = new Set(wanted.map(({ task }) => task));
  following.intentions = [
    ...following.intentions.filter(({ task }) => !tasks.has(task)),
    ...wanted.map(({ task, on }) => ({ task, on, blockedAt: null })),
  ].sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : a.task.position - b.task.position));
}

/** What the designation left open and tasks wait for is found out within six weeks. */
function questionsOf({ seed }: Plans, school: DirectoryEntry, row: YearRow, model: YearModel) {
  const awaited = new Set(model.tasks.flatMap(({ appliesWhen }) => Object.keys(appliesWhen)));
  return [...awaited]
    .filter((fact) => (row.state.conditions[fact] ?? null) === null)
    .map((fact) => ({
      fact,
      on: addDays(row.openedOn, drawsOf(seed, 'question', school.code, fact).between(5, 40)),
    }));
}

/** What an entry took back is to be done again, within some days. */
export function takeUpAgain(
  { seed }: Plans,
  following: SchoolYear,
  { type, reopenedTasks }: LogEntry,
  today: string,
): void {
  const { model } = following.year;
  if (model.event(type)?.spec.returns) following.returned.add(type);
  if (reopenedTasks.length === 0) return;
  const again = reopenedTasks.map((key) => {
    const task = model.task(key);
    const draws = drawsOf(seed, 'again', placeOf(following.school, task), key);
    const on = workDaysAfter(today, draws.between(2, 8));
    return { task, on: matterAt(model, task) ? boardMeetingFrom(on) : on };
  });
  intend(following, again);
}
