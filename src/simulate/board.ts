import { eventsAfter } from '../../machines/reach.ts';
import { edges } from '../../machines/region.ts';
import type { TaskModel, YearModel } from '../planning-years/model.ts';
import { boardMeetingOf } from './work-days.ts';

/** What of a region a meeting of the local board settles. */
export interface BoardMatter {
  region: string;
  /** The region waits for the meeting in this state. */
  ready: string;
  /** In the order in which they are done. */
  tasks: TaskModel[];
  /** The date set for the district, or the regular meeting of the calendar's month. */
  meeting: string;
}

/** Tasks that are due on a date set anew for each district are those of the board's meetings. */
export function boardMatters(model: YearModel): readonly BoardMatter[] {
  const known = cache.get(model) ?? find(model);
  cache.set(model, known);
  return known;
}

/** The matter whose meeting a task itself is done at. */
export const matterAt = (model: YearModel, task: TaskModel): BoardMatter | undefined =>
  boardMatters(model).find(({ tasks }) => tasks.includes(task));

/** The matter that a task makes ready for the board. */
export function matterAhead(model: YearModel, task: TaskModel): BoardMatter | undefined {
  const event = task.raises ? model.event(task.raises) : undefined;
  if (!event) return undefined;
  const state = edges(event.region).find(({ type }) => type === task.raises)?.to ?? '';
  return boardMatters(model).find(
    ({ region, tasks: [first] }) =>
      region === event.region.key && eventsAfter(event.region, state).includes(first?.raises ?? ''),
  );
}

// Years with the same dates share a model, and models are few.
const cache = new WeakMap<YearModel, readonly BoardMatter[]>();

function find(model: YearModel): BoardMatter[] {
  const { months, program } = model.pack;
  const perDistrict = new Set(
    program.parameters
      .filter(({ kind, per }) => kind === 'date' && per === 'district')
      .map(({ id }) => id),
  );
  const keys = new Set(
    months
      .flatMap(({ activities }) => activities.flatMap(({ tasks }) => tasks))
      .filter(
        ({ due }) => due && 'parameter' in due && perDistrict.has(due.parameter) && !due.offset,
      )
      .map(({ id }) => id),
  );
  const tasks = model.tasks.filter(({ key, raises }) => keys.has(key) && raises);
  const byRegion = Map.groupBy(tasks, ({ raises }) => model.event(raises!)!.region);
  return [...byRegion].map(([region, ofRegion]) => {
    const first = ofRegion[0]!;
    return {
      region: region.key,
      ready: edges(region).find(({ type }) => type === first.raises)?.from ?? '',
      tasks: ofRegion,
      meeting: first.dueOn ?? boardMeetingOf(first.month),
    };
  });
}
