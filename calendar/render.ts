import { dateIn, dueDates } from './dates.ts';
import type { CalendarTask, MonthFile, Pack, TaskKind, TaskScope } from './shape.ts';
import { unsetNote } from './unset-note.ts';
import { words } from './words.ts';

/**
 * A program's calendar in one planning year: the reply of `GET /v1/programs/{program}/calendar`.
 * `parameters` holds the year's dates and addresses by parameter id; what is unset comes out null.
 * @throws {PlanningYearError} when `year` is not written like `2026-27`
 */
export function renderCalendar(
  pack: Pack,
  year: string,
  parameters: Readonly<Record<string, string>>,
): RenderedCalendar {
  const { program, months, version } = pack;
  return {
    program: program.id,
    year,
    version,
    activities: months.flatMap(({ month, activities }) =>
      activities.map((activity) => ({
        id: activity.id,
        month: dateIn(program, year, { month, day: 1 }).slice(0, 7),
        title: words(program, activity.title),
        topics: activity.topics.map((topic) => words(program, topic)),
        resources: activity.resources.map(({ title, parameter }) => ({
          title: words(program, title),
          url: parameters[parameter] ?? null,
        })),
        tasks: activity.tasks.map((task) => renderTask(pack, year, month, task, parameters)),
      })),
    ),
  };
}

export interface RenderedCalendar {
  program: string;
  year: string;
  version: string;
  activities: RenderedActivity[];
}

export interface RenderedActivity {
  id: string;
  /** `2026-11` */
  month: string;
  title: string;
  topics: string[];
  resources: { title: string; url: string | null }[];
  tasks: RenderedTask[];
}

export interface RenderedTask {
  id: string;
  role: string;
  title: string;
  scope: TaskScope;
  kind: TaskKind;
  dueOn: string | null;
  safeBy: string | null;
  sources: string[];
  /** Facts that must have this value. */
  appliesWhen: Record<string, boolean> | null;
  notes: { kind: CalendarTask['notes'][number]['kind'] | 'unset'; text: string }[];
  /** Event type that its doing brings about. */
  raises: string | null;
  /** State that each region named must have reached. */
  opensWhen: Record<string, string> | null;
}

function renderTask(
  pack: Pack,
  year: string,
  month: MonthFile['month'],
  task: CalendarTask,
  parameters: Readonly<Record<string, string>>,
): RenderedTask {
  const { program } = pack;
  const dates = dueDates(program, year, month, task, parameters);
  const notes = [...task.notes, ...unsetNote(program, dates.dueOn, task, 'everybody')];
  return {
    id: task.id,
    role: task.role,
    title: words(program, task.title),
    scope: task.scope,
    kind: task.kind,
    ...dates,
    sources: task.sources,
    appliesWhen: task.appliesWhen ?? null,
    notes: notes.map(({ kind, text }) => ({ kind, text: words(program, text) })),
    raises: task.raises ?? null,
    opensWhen: task.opensWhen ?? null,
  };
}
