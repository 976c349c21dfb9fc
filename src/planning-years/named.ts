import type { Region } from '../../machines/region.ts';
import { InvalidInputError } from '../errors.ts';
import type { YearModel } from './model.ts';

/**
 * What a correction names, held against the program. Their faults point into the data of an act.
 * @throws InvalidInputError
 */
export function regionNamed({ machines: { regions } }: YearModel, key: string): Region {
  const region = regions.find((candidate) => candidate.key === key);
  if (region) return region;
  throw unknown(
    'There is no such region.',
    'region',
    regions.map(({ key }) => key),
  );
}

export function requireState({ title, states }: Region, state: string): void {
  if (!Object.hasOwn(states, state))
    throw unknown(`"${title}" has no such state.`, 'state', Object.keys(states));
}

export function requireFact({ pack }: YearModel, fact: string): void {
  const known = pack.program.facts.map(({ id }) => id);
  if (!known.includes(fact)) throw unknown('There is no such condition.', 'fact', known);
}

const unknown = (what: string, name: string, known: string[]) =>
  new InvalidInputError(what, [
    { pointer: `/data/${name}`, detail: `must be one of ${known.join(', ')}` },
  ]);
