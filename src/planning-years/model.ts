import { anchorDates, dateIn, dueDates, planningYear } from '../../calendar/dates.ts';
import type { CalendarTask, Pack, ProgramFile } from '../../calendar/shape.ts';
import { unsetNote } from '../../calendar/unset-note.ts';
import { words } from '../../calendar/words.ts';
import type { EventSpec, ProgramMachines, Region } from '../../machines/region.ts';
import type { Program } from '../programs/programs.ts';

/**
 * A program's calendar and charts tied together for one year: which task raises which event, when
 * each is due. Built once per program, calendar version, year and set of dates.
 */
export interface YearModel {
  program: Program;
  pack: Pack;
  machines: ProgramMachines;
  year: string;
  /** In the calendar's order. */
  tasks: readonly TaskModel[];
  task(key: string): TaskModel;
  /** The tasks whose doing raises an event, by event type. */
  raisedBy: ReadonlyMap<string, readonly TaskModel[]>;
  /** The items of each activity's monthly meeting. */
  meetings: ReadonlyMap<string, readonly TaskModel[]>;
  region(key: string): Region;
  /** The region and specification of an event type; undefined when there is none such. */
  event(type: string): { region: Region; spec: EventSpec } | undefined;
  /** The dates set for the organization, by parameter. */
  parameters: Record<string, string>;
  /** The planning year's first day. */
  first: string;
  /** The day after its last. */
  until: string;
  /** The day after its last day of grace: until then deadlines can be met. */
  closesOn: string;
  /**
   * The dates on which time alone may move a year: the day after each anchor, after its last day and
   * after its last day of grace.
   */
  clockDates: readonly string[];
  /** Anchor dates that the charts look at. */
  dates: Readonly<Record<string, string>>;
}

export interface TaskModel {
  /** The calendar's id, e.g. `nov-4/district/2`. */
  key: string;
  activity: string;
  role: string;
  title: string;
  scope: CalendarTask['scope'];
  kind: CalendarTask['kind'];
  sources: readonly string[];
  notes: { kind: string; text: string }[];
  appliesWhen: Readonly<Record<string, boolean>>;
  /** The regions whose work it is; none for what belongs to none, as a monthly meeting. */
  regions: readonly string[];
  raises: string | null;
  /** Its doing alone raises the event; the other tasks that do stay to be done. */
  suffices: boolean;
  /** Region and the state from which on the task is open. */
  opensWhen: readonly [region: string, state: string][];
  meeting: boolean;
  position: number;
  /** `2026-11` */
  month: string;
  /** Null while the year has not set the date that it depends on. */
  dueOn: string | null;
  safeBy: string | null;
}

export function yearModel(
  program: Program,
  year: string,
  parameters: Readonly<Record<string, string>> = {},
): YearModel {
  const { pack, machines } = program;
  const { first, until, closesOn } = planningYear(pack.program, year);
  const dates = anchorDates(pack.program, year);
  const tasks = pack.months.flatMap((month) =>
    month.activities.flatMap((activity) =>
      activity.tasks.map((task) =>
        taskModel(program, year, parameters, month.month, activity.id, task),
      ),
    ),
  );
  for (const [position, task] of tasks.entries()) task.position = position;
  const byKey = new Map(tasks.map((task) => [task.key, task]));
  const regions = new Map(machines.regions.map((region) => [region.key, region]));
  const events = new Map(
    machines.regions.flatMap((region) =>
      Object.entries(region.events).map(([type, spec]) => [type, { region, spec }] as const),
    ),
  );
  return {
    program,
    pack,
    machines,
    year,
    tasks,
    task: (key) => found(byKey.get(key), `task ${key}`),
    raisedBy: Map.groupBy(
      tasks.filter((task) => task.raises),
      (task) => task.raises as string,
    ),
    meetings: Map.groupBy(
      tasks.filter((task) => task.meeting),
      (task) => task.activity,
    ),
    region: (key) => found(regions.get(key), `region ${key}`),
    event: (type) => events.get(type),
    parameters: { ...parameters },
    first,
    until,
    closesOn,
    clockDates: [...Object.values(dates).map(dayAfter), until, closesOn].sort(),
    dates,
  };
}

function taskModel(
  { pack, machines }: Program,
  year: string,
  parameters: Readonly<Record<string, string>>,
  month: number,
  activity: string,
  task: CalendarTask,
): TaskModel {
  const dates = dueDates(pack.program, year, month, task, parameters);
  return {
    key: task.id,
    activity,
    role: task.role,
    title: words(pack.program, task.title),
    scope: task.scope,
    kind: task.kind,
    sources: task.sources,
    notes: [...task.notes, ...unsetNote(pack.program, dates.dueOn, task, 'school')],
    appliesWhen: task.appliesWhen ?? {},
    regions: regionsOf(task, pack.program, machines),
    raises: task.raises ?? null,
    suffices: task.suffices ?? false,
    opensWhen: Object.entries(task.opensWhen ?? (task.raises ? {} : pack.program.tasksOpenWhen)),
    meeting: task.meeting ?? false,
    position: 0,
    month: dateIn(pack.program, year, { month, day: 1 }).slice(0, 7),
    ...dates,
  };
}

/** What opens with the release alone is no part of the release's story. */
function regionsOf(
  { region, raises, opensWhen }: CalendarTask,
  { tasksOpenWhen }: ProgramFile,
  machines: ProgramMachines,
): string[] {
  if (region !== undefined) return [region];
  const raised = machines.regions.find(({ events }) => raises !== undefined && events[raises]);
  if (raised) return [raised.key];
  return Object.entries(opensWhen ?? {}).flatMap(([key, state]) =>
    tasksOpenWhen[key] === state ? [] : [key],
  );
}

function dayAfter(date: string): string {
  const next = new Date(`${date}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}

function found<T>(thing: T | undefined, name: string): T {
  if (thing === undefined) throw new Error(`This program's calendar or charts have no ${name}.`);
  return thing;
}
