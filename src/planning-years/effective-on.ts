import { initialState, type Warning } from '../../machines/region.ts';
import { InvalidInputError } from '../errors.ts';
import type { Command, Year } from './decide.ts';
import type { YearModel } from './model.ts';
import type { Transition, YearState } from './state.ts';

/**
 * Nothing of a year happens tomorrow, nor before its designation was released. What is said of a year
 * that was taken over, and whom people met, may reach back to the program year's first day.
 * @throws InvalidInputError
 */
export function checkEffectiveOn(
  { model, state, openedOn }: Year,
  kind: Command['kind'],
  effectiveOn: string,
  today: string,
): void {
  requirePast(effectiveOn, today);
  const release = state.releasedOn ?? openedOn;
  const reachesBack =
    state.releasedOn === null || RECORDS.includes(kind) || isTakenOver(model, state);
  const earliest = reachesBack && model.first < release ? model.first : release;
  if (effectiveOn >= earliest) return;
  throw new InvalidInputError('That date is before this planning year began.', [
    {
      pointer: '/effectiveOn',
      detail: `must be ${earliest} or later; put an earlier day into the note`,
    },
  ]);
}

/** @throws InvalidInputError when something is said to have happened after `today` */
export function requirePast(effectiveOn: string | undefined, today: string): void {
  if (effectiveOn === undefined || effectiveOn <= today) return;
  throw new InvalidInputError('That date is in the future.', [
    { pointer: '/effectiveOn', detail: `must be ${today} or earlier` },
  ]);
}

/** Regions that had come to where they stood only after the date that is given for what follows. */
export function outOfOrder(
  { model, state, openedOn }: Year,
  transitions: readonly Transition[],
  effectiveOn: string,
): Warning[] {
  return [...new Set(transitions.map(({ region }) => region))].flatMap((key) => {
    const { state: from = '', since = '' } = state.regions[key] ?? {};
    // Where it has stood from the beginning, it has not come to.
    const stood = from === state.began[key] && since === (state.releasedOn ?? openedOn);
    if (stood || since <= effectiveOn) return [];
    const { title, states } = model.region(key);
    return {
      code: 'out-of-order',
      detail: `"${title}" came to "${states[from]?.title}" on ${since}, after the date given for what followed.`,
    };
  });
}

const RECORDS: Command['kind'][] = ['note', 'contact', 'meeting'];

/** Some region was under way when the year was opened here. */
const isTakenOver = ({ machines }: YearModel, { began }: YearState): boolean =>
  machines.regions.some((region) => began[region.key] !== initialState(region));
