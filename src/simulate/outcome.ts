import { isFinal } from '../../machines/region.ts';
import { addDays } from '../reminders/days.ts';
import { boardMatters, matterAt } from './board.ts';
import type { Chronicle } from './chronicle.ts';
import type { Played } from './play.ts';
import type { SchoolYear } from './school-year.ts';
import { boardMeetingBy, boardMeetingFrom } from './work-days.ts';

/** How far the schools came, and when. Dates are `YYYY-MM-DD`, null where nothing came of it. */
export interface Outcome {
  regions: RegionOutcome[];
  deadlines: DeadlineOutcome[];
  boards: BoardOutcome[];
}

export interface RegionOutcome {
  region: string;
  title: string;
  finished: number;
  /** Schools that the region's story passed by. */
  doesNotApply: number;
  unfinished: number;
  first: string | null;
  median: string | null;
  last: string | null;
}

export interface DeadlineOutcome {
  task: string;
  title: string;
  role: string;
  regions: string[];
  dueOn: string;
  onTime: number;
  late: number;
  notDone: number;
}

export interface BoardOutcome {
  region: string;
  title: string;
  /** The last meeting of the planning year: the date set for the district, or the regular one. */
  lastMeeting: string;
  /** Schools that were ready by then. */
  readyInTime: number;
  readyTooLate: number;
  neverReady: number;
  /** The day by which half of the schools were ready, and the first meeting from then on. */
  medianReady: string | null;
  firstMeetingFor: string | null;
}

export function outcomeOf(played: Played, { logs }: Chronicle): Outcome {
  const years = played.years;
  const model = years[0]!.year.model;
  const entries = new Map(logs.map(({ school, entries }) => [school, entries]));
  return {
    regions: model.machines.regions.map(({ key, title }) => regionOutcome(years, key, title)),
    deadlines: model.tasks
      .filter(({ kind }) => kind === 'deadline')
      .flatMap((task) => {
        const dueOn = task.dueOn ?? matterAt(model, task)?.meeting;
        if (dueOn === undefined) return [];
        const { key, title, role } = task;
        const regions = [...task.regions];
        return [{ task: key, title, role, regions, dueOn, ...kept(years, entries, key) }];
      }),
    boards: boardMatters(model).map(({ region, ready }) =>
      boardOutcome(years, entries, region, ready, played.until),
    ),
  };
}

function regionOutcome(years: readonly SchoolYear[], region: string, title: string): RegionOutcome {
  const states = years.map(({ year: { model, row } }) => ({
    of: model.region(region),
    ...row.state.regions[region]!,
  }));
  const final = states.filter(({ of, state }) => isFinal(of, state));
  const finished = final.filter(({ of, state }) => !of.states[state]?.doesNotApply);
  const dates = finished.map(({ since }) => since).sort();
  return {
    region,
    title,
    finished: finished.length,
    doesNotApply: final.length - finished.length,
    unfinished: years.length - final.length,
    first: dates[0] ?? null,
    median: medianOf(dates),
    last: dates.at(-1) ?? null,
  };
}

type Logs = Map<SchoolYear['school'], Chronicle['logs'][number]['entries']>;

/** How many schools kept a deadline: by the last time that the task was done. */
function kept(years: readonly SchoolYear[], logs: Logs, key: string) {
  const outcome = { onTime: 0, late: 0, notDone: 0 };
  for (const { school, year } of years) {
    const { done } = year.row.state;
    const task = year.model.task(key);
    const due = year.row.state.extended[key] ?? task.dueOn ?? matterAt(year.model, task)?.meeting;
    const entry = logs.get(school)?.find(({ seq }) => seq === done[key]);
    if (entry) outcome[entry.effectiveOn <= (due ?? '') ? 'onTime' : 'late'] += 1;
    else if (!passedBy(year, key)) outcome.notDone += 1;
  }
  return outcome;
}

function passedBy({ model, row }: SchoolYear['year'], key: string): boolean {
  const task = model.task(key);
  const wrong = Object.entries(task.appliesWhen).some(
    ([fact, value]) => row.state.conditions[fact] === !value,
  );
  return (
    wrong ||
    task.regions.some(
      (region) => model.region(region).states[row.state.regions[region]?.state ?? '']?.doesNotApply,
    )
  );
}

function boardOutcome(
  years: readonly SchoolYear[],
  logs: Logs,
  region: string,
  ready: string,
  until: string,
): BoardOutcome {
  const matter = boardMatters(years[0]!.year.model).find((one) => one.region === region)!;
  const set = matter.tasks[0]!.dueOn;
  const lastMeeting = set ?? boardMeetingBy(addDays(until, -1));
  const dates = years
    .flatMap(({ school }) => readyOn(logs.get(school) ?? [], region, ready) ?? [])
    .sort();
  const inTime = dates.filter((date) => date <= lastMeeting).length;
  const half = dates.length * 2 >= years.length ? dates[Math.ceil(years.length / 2) - 1]! : null;
  return {
    region,
    title: years[0]!.year.model.region(region).title,
    lastMeeting,
    readyInTime: inTime,
    readyTooLate: dates.length - inTime,
    neverReady: years.length - dates.length,
    medianReady: half,
    firstMeetingFor:
      half === null ? null : set !== null && half <= set ? set : boardMeetingFrom(half),
  };
}

/** The first day on which the region stood ready for the board. */
function readyOn(entries: Chronicle['logs'][number]['entries'], region: string, ready: string) {
  const entry = entries.find(({ transitions }) =>
    transitions.some((step) => step.region === region && step.to === ready),
  );
  return entry?.effectiveOn;
}

const medianOf = (sorted: string[]): string | null =>
  sorted[Math.ceil(sorted.length / 2) - 1] ?? null;
