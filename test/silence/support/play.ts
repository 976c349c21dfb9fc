import type { TaskModel } from '../../../src/planning-years/model.ts';
import { isOverdue } from '../../../src/planning-years/overdue.ts';
import type { Program } from '../../../src/programs/programs.ts';
import { drawsOf } from '../../../src/simulate/draws.ts';
import { plus } from './expectation/dates.ts';
import { lastDayOf } from './expectation/deadlines.ts';
import { expectedLate, expectedOf, lineOf } from './expectation/told.ts';
import { PaperLedger } from './paper-ledger.ts';
import { PaperSchool } from './paper-school.ts';
import type { PlayedSchool } from './schools.ts';

/** What came of a school's year that was played in memory. */
export interface PlayedYear {
  school: PlayedSchool;
  year: PaperSchool;
  /** What was marked done, in order. */
  acts: { on: string; task: TaskModel }[];
  /** Deadlines that somebody has marked done, and when. */
  done: ReadonlyMap<string, string>;
  /** What the mails told of deadlines. */
  told: string[];
  /** Days on which deadlines counted as late, of those looked at. */
  late: string[];
  /** How often whoever was told of a deadline tried to mark it done, and what was refused. */
  tries: number;
  /** How many of them while something stood in the way of the deadline's event. */
  blocked: number;
  refusals: string[];
}

/** What people mark as done on the afternoon of a day, one after the other. */
export type Afternoon = (today: string) => Iterable<TaskModel>;

/** Plays a year from its opening to the end of its days of grace, and a week beyond. */
export function playYear(
  program: Program,
  school: PlayedSchool,
  afternoonOf: (year: PaperSchool) => Afternoon,
): PlayedYear {
  const year = new PaperSchool(program, school);
  const ledger = new PaperLedger(year);
  const afternoon = afternoonOf(year);
  const turns = turningDays(year);
  const byKey = new Map(year.deadlines.map((task) => [task.key, task]));
  const done = new Map<string, string>();
  const played: PlayedYear = {
    ...{ school, year, acts: [], done, told: [], late: [], tries: 0, blocked: 0, refusals: [] },
  };
  for (const today of daysOf(school)) {
    year.begin(today);
    for (const told of ledger.morning(today)) {
      played.told.push(lineOf(told));
      const task = byKey.get(told.deadline)!;
      if (told.role !== task.role) continue;
      // Whoever is asked for it can say that it is done.
      played.tries += 1;
      if (!year.isClear(task)) played.blocked += 1;
      const refusal = year.refusalOf(task);
      if (refusal) played.refusals.push(`${lineOf(told)}: ${refusal.code}`);
    }
    for (const task of turns.get(today) ?? [])
      if (isOverdue({ ...task, status: year.statusOf(task) }, today))
        played.late.push(`${today} ${task.key}`);
    for (const task of afternoon(today)) {
      const { settledTasks } = year.complete(task);
      played.acts.push({ on: today, task });
      for (const key of settledTasks) if (byKey.has(key)) done.set(key, today);
    }
  }
  return played;
}

/** Where what happened differs from what has to. */
export function faultsOf({ school: { school }, told, late, done }: PlayedYear): {
  missing: string[];
  unasked: string[];
} {
  const [one, other] = [
    differences(expectedOf(school, done).map(lineOf), told),
    differences(expectedLate(school, done), late),
  ];
  return {
    missing: [...one.missing, ...other.missing.map((line) => `${line} is not late`)],
    unasked: [...one.unasked, ...other.unasked.map((line) => `${line} is late`)],
  };
}

/** Two reminders of a deadline on one day are one line of one mail. */
export function differences(expected: readonly string[], found: readonly string[]) {
  const [wants, has] = [new Set(expected), new Set(found)];
  return {
    missing: [...wants].filter((line) => !has.has(line)),
    unasked: [...has].filter((line) => !wants.has(line)),
  };
}

export const nobody = (): Afternoon => () => [];

/**
 * Some do everything and some nothing, most something in between, on any day and in any order that the
 * charts allow: what they do not allow on that day is tried again on a later one.
 */
export const anybody = (year: PaperSchool): Afternoon => {
  const draws = drawsOf(SEED, year.code, year.model.year);
  const days = (Date.parse(year.model.closesOn) - Date.parse(year.openedOn)) / 86_400_000;
  const plan = new Map<string, TaskModel[]>();
  const mean = (task: TaskModel, on: string) => plan.set(on, [...(plan.get(on) ?? []), task]);
  const diligence = draws.next();
  for (const task of year.model.tasks)
    if (draws.chance(diligence)) mean(task, plus(year.openedOn, draws.between(0, days)));
  return function* (today) {
    for (const task of plan.get(today) ?? [])
      if (year.isDoable(task)) yield task;
      else mean(task, plus(today, draws.between(1, 30)));
  };
};

const SEED = 1;

function daysOf({ opensOn, school }: PlayedSchool): readonly string[] {
  const end = plus(lastDayOf(school), 7);
  const known = days.get(`${opensOn} ${end}`);
  if (known) return known;
  const all: string[] = [];
  for (let day = opensOn; day <= end; day = plus(day, 1)) all.push(day);
  days.set(`${opensOn} ${end}`, all);
  return all;
}

const days = new Map<string, readonly string[]>();

/** Deadlines that are looked at on each of the days on which one may begin or cease to be late. */
function turningDays({ deadlines, model }: PaperSchool): ReadonlyMap<string, readonly TaskModel[]> {
  const turns = deadlines.flatMap((task) =>
    task.dueOn === null
      ? []
      : [task.dueOn, plus(task.dueOn, 1), plus(model.closesOn, -1), model.closesOn].map((on) => ({
          on,
          task,
        })),
  );
  return new Map(
    [...Map.groupBy(turns, ({ on }) => on)].map(([on, of]) => [on, of.map(({ task }) => task)]),
  );
}
