import { repeated } from './check-program.ts';
import { checkActivity, checkTask } from './check-task.ts';
import type { Fault } from './faults.ts';
import type { MonthFile, ProgramFile } from './shape.ts';

/** One file of the year; without content when its shape was already found at fault. */
export interface ReadMonth {
  file: string;
  content: MonthFile | undefined;
}

/** What the shape of `year/*.yaml` cannot say: that the months agree with the program and each other. */
export function checkYear(program: ProgramFile, months: readonly ReadMonth[]): Fault[] {
  const read = months.flatMap(({ file, content }) => (content ? { file, ...content } : []));
  const activities = read.flatMap(({ file, activities }) =>
    activities.map((activity) => ({ file, ...activity })),
  );
  return [
    ...activities.flatMap((activity) => [
      ...checkActivity(program, activity).map((fault) => ({ file: activity.file, ...fault })),
      ...activity.tasks.flatMap((task) =>
        checkTask(program, activity.id, task).map((fault) => ({
          file: activity.file,
          task: task.id,
          ...fault,
        })),
      ),
    ]),
    ...checkMonths(program, read, months.length > read.length),
    ...checkIds(activities),
  ];
}

/** Each month of the planning year in exactly one file; silent on gaps that an unread file may fill. */
function checkMonths(
  { months }: ProgramFile,
  read: readonly { file: string; month: number }[],
  incomplete: boolean,
): Fault[] {
  const wanted = Array.from(
    { length: ((months.last - months.first + 12) % 12) + 1 },
    (_, index) => ((months.first - 1 + index) % 12) + 1,
  );
  const found = read.map(({ month }) => month);
  const outside = read.filter(({ month }) => !wanted.includes(month));
  const again = read.filter(({ month }, index) => found.indexOf(month) < index);
  const missing = incomplete ? [] : wanted.filter((month) => !found.includes(month));
  return [
    ...outside.map(({ file, month }) => ({
      file,
      field: 'month',
      problem: `${month} is not a month of the planning year. Remove the file or correct it.`,
    })),
    ...again.map(({ file, month }) => ({
      file,
      field: 'month',
      problem: `${month} has a file already. Put all of its activities into one.`,
    })),
    ...missing.map((month) => ({
      file: 'year/',
      field: 'month',
      problem: `${month} has no file. Add one.`,
    })),
  ];
}

/** Activities, tasks and the source's items each stand in one place only. */
function checkIds(activities: readonly (MonthFile['activities'][number] & { file: string })[]) {
  const tasks = activities.flatMap(({ file, tasks }) => tasks.map((task) => ({ file, ...task })));
  const twice = repeated(activities.map(({ id }) => id));
  const twiceTasks = repeated(tasks.map(({ id }) => id));
  const twiceSources = repeated(tasks.flatMap(({ sources }) => [...new Set(sources)]));
  return [
    ...activities
      .filter(({ id }) => twice.includes(id))
      .map(({ file, id }) => ({
        file,
        field: `activities[${id}].id`,
        problem: 'is the id of another activity too. Rename one.',
      })),
    ...tasks
      .filter(({ id }) => twiceTasks.includes(id))
      .map(({ file, id }) => ({
        file,
        task: id,
        field: 'id',
        problem: 'is the id of another task too. Rename one.',
      })),
    ...tasks.flatMap(({ file, id, sources }) =>
      sources
        // A task that stands there twice has been told so already.
        .filter((source) => twiceSources.includes(source) && !twiceTasks.includes(id))
        .map((source) => ({
          file,
          task: id,
          field: 'sources',
          problem: `"${source}" is covered by another task too. Leave it to one.`,
        })),
    ),
  ];
}
