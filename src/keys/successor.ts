import type { Context, Trx } from '../context.ts';
import { ConflictError, InvalidInputError } from '../errors.ts';
import { todayOf } from '../programs/today.ts';
import { expiryOf } from './expiry.ts';
import { hasTwin, type Key, type KeyGrant } from './key-store.ts';

/**
 * What a key in the place of another will allow: the same, for a time of its own.
 *
 * @throws InvalidInputError for a day out of range
 * @throws ConflictError when the key has ended, or two are good already
 */
export async function successorOf(
  ctx: Context,
  trx: Trx,
  key: Key,
  wanted: string | undefined,
): Promise<KeyGrant> {
  const today = todayOf(ctx.programs, key.program, ctx.clock.now());
  const { expiresOn, faults } = expiryOf(today, wanted);
  if (faults.length > 0)
    throw new InvalidInputError('The key can’t be made like this; see errors.', faults);
  if (key.revokedAt !== null || key.expiresOn < today)
    throw new ConflictError(
      'key-ended',
      'This key is not accepted any more, so nothing has to take its place. Make a new one.',
    );
  if (await hasTwin(trx, key, today))
    throw new ConflictError(
      'rotation-under-way',
      'Two keys are good already: this one, and the one that it replaces or that replaces it. Revoke one of the two first.',
    );
  const { role, program, scope, label } = key;
  return { role, program, scope, label, expiresOn };
}
