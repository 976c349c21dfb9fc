import type { z } from 'zod';

/**
 * What can be wrong with one value, in words that go on the name of its field: "is missing" makes
 * "note is missing" for a program and "This is missing." beneath the field of a form. No fault of a
 * schema is told in other words, but those that the schema itself writes.
 */
export function wordsOf(issue: Issue): string {
  if (isMissing(issue)) return MISSING;
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? OTHERWISE;
    case 'too_big':
      return most(issue);
    case 'too_small':
      return least(issue);
    case 'invalid_value':
      return issue.values.length === 1
        ? `must be ${String(issue.values[0])}`
        : `must be one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_format':
      return FORMATS[issue.format] ?? OTHERWISE;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_key':
      return 'has a name in it that is not known here';
    case 'unrecognized_keys':
      return UNKNOWN;
    case 'invalid_union':
      return 'must have one of the shapes that the description of the API shows';
    default:
      return OTHERWISE;
  }
}

/** An issue as zod makes it, or as it hands it out. */
type Issue = z.core.$ZodRawIssue | z.core.$ZodIssue;

const MISSING = 'is missing';
export const UNKNOWN = 'is not known here';
const OTHERWISE = 'is not written as the description of the API shows';

/**
 * What a schema's own words do not tell: that there is nothing, or too much or too little of it. A
 * schema that says "must be an http address" says it of every fault, a long address included.
 */
export const wordsInstead = (issue: Issue): string | null =>
  isMissing(issue) || issue.code === 'too_big' || issue.code === 'too_small'
    ? wordsOf(issue)
    : null;

const isMissing = ({ code, input }: Issue): boolean =>
  input === undefined && ['invalid_type', 'invalid_value', 'invalid_union'].includes(code ?? '');

const KINDS: Record<string, string> = {
  string: 'must be text',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be true or false',
  array: 'must be a list',
  object: 'must be an object with named fields',
  record: 'must be an object with named fields',
  null: 'must be null',
};

const FORMATS: Record<string, string> = {
  email: 'must be an email address',
  url: 'must be an address such as https://example.org',
  uuid: 'must be an id as lists and replies give it',
  date: 'must be a date such as 2027-01-31',
  datetime: 'must be an instant such as 2027-01-31T15:00:00Z',
};

interface Bound {
  origin: string;
  inclusive?: boolean;
}

function most({ origin, maximum, inclusive }: Bound & { maximum: number | bigint }): string {
  if (origin === 'string') return `must have at most ${counted(maximum, 'character')}`;
  if (origin === 'array') return `must have at most ${counted(maximum, 'entry')}`;
  return inclusive === false ? `must be less than ${maximum}` : `must be ${maximum} or less`;
}

function least({ origin, minimum, inclusive }: Bound & { minimum: number | bigint }): string {
  const counts = origin === 'string' || origin === 'array';
  if (counts && Number(minimum) === 1) return 'must not be empty';
  if (origin === 'string') return `must have at least ${counted(minimum, 'character')}`;
  if (origin === 'array') return `must have at least ${counted(minimum, 'entry')}`;
  return inclusive === false ? `must be more than ${minimum}` : `must be ${minimum} or more`;
}

const counted = (count: number | bigint, one: 'character' | 'entry'): string =>
  `${count} ${Number(count) === 1 ? one : { character: 'characters', entry: 'entries' }[one]}`;
