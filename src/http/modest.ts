import { InvalidInputError } from '../errors.ts';
import { TooLargeError } from './http-errors.ts';
import { DEEPEST } from './strings.ts';

/** Values of one JSON body: some ten times what the largest request needs. */
const MOST_VALUES = 20_000;

/**
 * Counts what a JSON text holds before anybody reads it: what is made of it and said about it grows with
 * its values, not with its bytes. A text that is no JSON may pass; its reader refuses it.
 *
 * @throws TooLargeError for too many values
 * @throws InvalidInputError for what is nested beyond reason
 */
export function requireModest(json: Buffer): void {
  let values = 1;
  let depth = 0;
  let at = 0;
  while (at < json.length) {
    switch (json[at]) {
      case QUOTE:
        at = endOfString(json, at);
        break;
      case COMMA:
        values += 1;
        break;
      case BRACE:
      case BRACKET:
        values += 1;
        depth += 1;
        if (depth > DEEPEST)
          throw new InvalidInputError(`The body is nested more than ${DEEPEST} levels deep.`);
        break;
      case END_OF_BRACE:
      case END_OF_BRACKET:
        depth -= 1;
        break;
    }
    if (values > MOST_VALUES)
      throw new TooLargeError(`The body holds more than ${MOST_VALUES} values. Send it in parts.`);
    at += 1;
  }
}

/** Where the string that begins here ends. */
function endOfString(json: Buffer, start: number): number {
  for (let at = start + 1; at < json.length; at += 1)
    if (json[at] === BACKSLASH) at += 1;
    else if (json[at] === QUOTE) return at;
  return json.length;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const END_OF_BRACKET = 0x5d;
const BRACE = 0x7b;
const END_OF_BRACE = 0x7d;
