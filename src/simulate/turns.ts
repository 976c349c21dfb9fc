import { edges } from '../../machines/region.ts';
import type { TaskModel } from '../planning-years/model.ts';
import type { DirectoryEntry } from '../schools/read-directory.ts';
import { drawsOf } from './draws.ts';
import { placeOf } from './foresight.ts';
import type { SchoolYear } from './school-year.ts';

/**
 * What comes instead of the event that a task would raise, if anything: the work is returned, or the
 * story passes the school by. The first happens once to an event at most; the second only where the
 * designation left a question open that no task waits for.
 */
export function turnOf(
  seed: number,
  { school, year, returned }: SchoolYear,
  task: TaskModel,
): string | null {
  const { model, row } = year;
  const event = task.raises ? model.event(task.raises) : undefined;
  if (!event) return null;
  const { region } = event;
  const state = row.state.regions[region.key]?.state ?? '';
  const leaving = edges(region).filter(({ from }) => from === state);
  if (!leaving.some(({ type }) => type === task.raises)) return null;

  const back = leaving.find(({ type }) => region.events[type]?.returns);
  if (
    back &&
    !returned.has(back.type) &&
    drawsOf(seed, 'return', placeOf(school, task), back.type).chance(0.15)
  )
    return back.type;
  const past = leaving.find(
    ({ type, to }) => region.states[to]?.doesNotApply && !region.events[type]?.automatic,
  );
  const asked = past && hasOpenQuestion(year) && passesBy(seed, school, task);
  return asked ? past.type : null;
}

const passesBy = (seed: number, school: DirectoryEntry, task: TaskModel): boolean =>
  drawsOf(seed, 'passed by', placeOf(school, task), task.key).chance(0.5);

function hasOpenQuestion({ model, row }: SchoolYear['year']): boolean {
  const awaited = new Set(model.tasks.flatMap(({ appliesWhen }) => Object.keys(appliesWhen)));
  return model.pack.program.facts.some(
    ({ id, given }) => given && !awaited.has(id) && (row.state.conditions[id] ?? null) === null,
  );
}
