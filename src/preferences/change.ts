import type { z } from 'zod';
import type { Context, Trx } from '../context.ts';
import { holdSwitchedOff, releaseSwitchedOn } from '../digests/switched-off.ts';
import { InvalidInputError, NotFoundError } from '../errors.ts';
import { lockedPerson } from '../people/person-store.ts';
import { allOptionalKinds, isKind } from '../programs/optional-kinds.ts';
import type { Programs } from '../programs/programs.ts';
import type { newPreferences } from './schemas.ts';
import { type Preferences, preferencesOf, savePreferences } from './store.ts';

/**
 * Sets how a person wants their mail, whoever asks and in whatever way: what waits for them follows.
 *
 * @param change the whole of what is wanted instead, or null: it is so already; may refuse by throwing
 * @throws NotFoundError when there is no such person
 * @throws InvalidInputError that names what can't be switched off
 */
export async function changePreferences(
  { programs, clock }: Context,
  trx: Trx,
  personId: string,
  change: (before: Preferences) => z.infer<typeof newPreferences> | null,
): Promise<Preferences> {
  if (!(await lockedPerson(trx, personId))) throw new NotFoundError('There is no such person.');
  const before = await preferencesOf(trx, personId);
  const wanted = change(before);
  if (wanted === null) return before;
  refuseOthers(programs, wanted.switchedOff);
  const switchedOff = [...new Set(wanted.switchedOff)].sort();
  const now = clock.now();
  const asked = { ...wanted, switchedOff, version: before.version };
  const saved = await savePreferences(trx, personId, asked, now);
  await holdSwitchedOff(trx, programs);
  await releaseSwitchedOn(trx, programs, personId, now);
  return saved;
}

function refuseOthers(programs: Programs, kinds: readonly string[]): void {
  const optional = new Set(allOptionalKinds(programs).map(({ kind }) => kind));
  const faults = kinds.flatMap((kind, at) =>
    optional.has(kind)
      ? []
      : [
          {
            pointer: `/switchedOff/${at}`,
            detail: isKind(programs, kind) ? ALWAYS_COMES : 'is no kind of reminder',
          },
        ],
  );
  if (faults.length > 0)
    throw new InvalidInputError(
      'Only optional kinds of reminders can be switched off; GET lists them as `optionalKinds`.',
      faults,
    );
}

const ALWAYS_COMES =
  'cannot be switched off: it tells of something with a date, of what is late, or of something that has just happened';
