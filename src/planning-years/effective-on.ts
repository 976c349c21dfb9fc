import { InvalidInputError } from '../errors.ts';

/** @throws InvalidInputError when something is said to have happened after `today` */
export function requirePast(effectiveOn: string | undefined, today: string): void {
  if (effectiveOn === undefined || effectiveOn <= today) return;
  throw new InvalidInputError('The effective date lies in the future.', [
    { pointer: '/effectiveOn', detail: `Send ${today} or an earlier date.` },
  ]);
}
