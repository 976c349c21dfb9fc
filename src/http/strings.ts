import { isKeepable } from '../db/keepable.ts';
import type { Fault } from '../errors.ts';

/**
 * The places of a JSON value whose text PostgreSQL could not keep: NUL characters and halves of a
 * surrogate pair, in values and in names. Also says so when the value is nested beyond reason.
 */
export function faultsOfText(value: unknown, pointer = '', depth = 0): Fault[] {
  if (typeof value === 'string') return isKeepable(value) ? [] : [{ pointer, detail: UNKEEPABLE }];
  if (typeof value !== 'object' || value === null) return [];
  if (depth === DEEPEST) return [{ pointer, detail: `is nested more than ${DEEPEST} levels deep` }];
  if (Array.isArray(value))
    return value.flatMap((item, at) => faultsOfText(item, `${pointer}/${at}`, depth + 1));
  return Object.entries(value).flatMap(([name, item]) =>
    isKeepable(name)
      ? faultsOfText(item, `${pointer}/${escapePointer(name)}`, depth + 1)
      : [{ pointer, detail: `has a field whose name ${UNKEEPABLE}` }],
  );
}

/**
 * Whether a text contains invisible characters that turn the direction of what follows (Unicode TR9:
 * embeddings, overrides, isolates), so that a name shows as another one.
 */
export const turnsText = (text: string): boolean => /[\u202a-\u202e\u2066-\u2069]/.test(text);

/** One step of a JSON pointer (RFC 6901). */
export const escapePointer = (name: string): string =>
  name.replaceAll('~', '~0').replaceAll('/', '~1');

/** Levels of a JSON body. */
export const DEEPEST = 32;
const UNKEEPABLE = 'contains a character that is no text (NUL, or half of a pair)';
