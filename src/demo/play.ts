import { createHash } from 'node:crypto';
import { dateIn } from '../../calendar/dates.ts';
import { type Actor, actorWith } from '../actor.ts';
import { decide } from '../planning-years/decide.ts';
import { passTime } from '../planning-years/door.ts';
import type { TaskModel, YearModel } from '../planning-years/model.ts';
import { taskStanding } from '../planning-years/task-standing.ts';
import { momentOf, type Writing } from '../planning-years/writing.ts';

/** How well an invented school keeps to its calendar. */
export type Standing = 'prompt' | 'late' | 'justReleased' | 'done';

/**
 * Plays an invented school's year from its opening up to `until`, day by day and through the same
 * decisions as a real one: each task is done by its role some days before it is due. A `late` school
 * leaves a third of its tasks undone, a `justReleased` one has done nothing yet.
 */
export function play(
  writing: Writing,
  standing: Standing,
  until: Date,
  dateOf: (at: Date) => string,
): void {
  if (standing === 'justReleased') return;
  const { model, row } = writing;
  const waiting = model.tasks
    .filter((task) => standing !== 'late' || chance(row.organizationCode, task.key) > 1 / 3)
    .map((task) => ({ task, on: plannedOn(model, row.organizationCode, task) }))
    .sort((a, b) => (a.on < b.on ? -1 : 1));
  for (let at = nextMorning(row.updatedAt); at <= until; at = nextMorning(at)) {
    const today = dateOf(at);
    passTime(writing, at, today);
    // Doing one thing may open another, so a day is gone through until nothing more comes of it.
    for (let done = true; done; ) {
      done = false;
      for (const { task, on } of waiting) {
        if (on > today) break;
        if (isOpen(writing, today, task)) done = complete(writing, task, at, today);
      }
    }
  }
}

function complete(writing: Writing, task: TaskModel, at: Date, today: string): boolean {
  const spec = task.raises ? writing.model.event(task.raises)?.spec : undefined;
  const data = spec?.data?.required ? spec.data.example : undefined;
  const command = { kind: 'complete' as const, task: task.key, evidence: [], data };
  writing.append(decide(writing.year(), command, momentOf(invented(task.role), at, today)));
  return true;
}

function isOpen({ model, row }: Writing, today: string, task: TaskModel): boolean {
  return taskStanding(model, row.state, row.openedOn, today, task).status === 'open';
}

/** Some days before it is due; a task without a date of its own goes by its activity's month. */
function plannedOn(model: YearModel, school: string, task: TaskModel): string {
  const month = model.pack.months.find(({ activities }) =>
    activities.some(({ id }) => id === task.activity),
  );
  const due =
    task.dueOn ?? dateIn(model.pack.program, model.year, { month: month!.month, day: 20 });
  const on = new Date(`${due}T00:00:00Z`);
  on.setUTCDate(on.getUTCDate() - 1 - Math.floor(chance(school, task.key) * 12));
  return on.toISOString().slice(0, 10);
}

/** Between 0 and 1, the same for the same school and task in every demonstration. */
const chance = (school: string, task: string): number =>
  createHash('sha256').update(`${school} ${task}`).digest().readUInt32BE() / 2 ** 32;

const nextMorning = (at: Date): Date => new Date(at.getTime() + 24 * 3_600_000);

const invented = (role: string): Actor =>
  actorWith('demo', { kind: 'system', role, program: null, scope: { all: true } });
