import { isFinal } from '../../../machines/region.ts';
import { statesOf } from '../../../src/planning-years/state.ts';
import { comesByItself } from './expectation/endings.ts';
import type { PlayedYear } from './play.ts';

/** The regions that need nothing more, and where they stand. */
export function endedIn({ year: { model, state } }: PlayedYear): Record<string, string> {
  const states = statesOf(state);
  return Object.fromEntries(
    Object.entries(states).filter(([key, name]) => isFinal(model.region(key), name)),
  );
}

/**
 * Moves that nobody made: neither the entry's author, nor whoever had done a task of theirs before the
 * event's turn came, nor what may come by itself.
 */
export function movesOfNobody({ school, year: { model, entries } }: PlayedYear): string[] {
  const ticked = new Set<string>();
  return entries.flatMap(({ type, today, transitions, settledTasks }) => {
    if (type === 'task.completed') for (const key of settledTasks) ticked.add(key);
    return transitions
      .filter(
        ({ event, automatic }) =>
          automatic &&
          !comesByItself(school.school, event, today) &&
          !(model.raisedBy.get(event) ?? []).some(({ key }) => ticked.has(key)),
      )
      .map(({ event, to }) => `${today} ${event} to ${to}`);
  });
}
