import { z } from 'zod';
import { isKeepable } from '../db/keepable.ts';
import { isId } from '../ids.ts';
import { turnsText } from './strings.ts';

/** Pieces that the schemas of several rooms are made of. */

/** A day of the calendar that exists, `YYYY-MM-DD`, and that a school could mean. */
export const isoDate = z.iso
  .date({ error: 'must be a date such as 2027-01-31' })
  .refine((date) => date >= '1900' && date < '2200', 'must lie between 1900 and 2199');

/** A moment with its offset. Replies carry UTC. */
export const instant = z.iso.datetime({ offset: true, error: 'must be an ISO 8601 instant' });

/** Text of one line or more, without NUL. */
export const text = (max: number) => z.string().trim().min(1).max(max);

/** Text for a name or an address: one line, which reads as it is written. */
export const line = (max: number) =>
  text(max)
    .regex(/^[^\r\n\t\v\f]*$/, 'must be one line, without tabs')
    .refine((value) => !turnsText(value), TURNS);

const TURNS =
  'contains an invisible character that turns the text around (such as U+202E); type it again';

/** An id in a path. A malformed one names nothing: 404. */
export const id = z.uuid();
export const idParams = z.strictObject({ id });

/** The id in a path, or null when it is malformed: for a route's `subject`. */
export function idOf(params: unknown, name = 'id'): string | null {
  const value = (params as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' && isId(value) ? value : null;
}

/** A name or code in a path, or null when it could be none. */
export function nameOf(params: unknown, name: string): string | null {
  const value = (params as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' && isKeepable(value) ? value : null;
}

/** What to look into; it kept nothing from happening. */
export const warnings = z.array(
  z
    .strictObject({
      code: z.string().describe('Stable name of what is odd, for programs'),
      detail: z.string(),
      pointer: z
        .string()
        .optional()
        .describe('JSON pointer into the body, where it is about a part'),
    })
    .meta({ id: 'Warning' }),
);

export const fault = z
  .object({
    pointer: z
      .string()
      .describe(
        'JSON pointer into the body, `?name` for a query parameter, `:name` for a part of the path, the name of a header',
      ),
    detail: z.string(),
  })
  .meta({ id: 'Fault', examples: [{ pointer: '/email', detail: 'must be an email address' }] });

export const problemSchema = z
  .looseObject({
    type: z.string().describe('URN of the kind of problem'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What happened and what to do next'),
    code: z.string().describe('Stable name of the kind of problem, for programs'),
    requestId: z.string().describe('What the operator finds it by'),
    errors: z.array(fault).optional().describe('The first 100 faults'),
    errorsTotal: z.int().optional().describe('How many faults there are'),
  })
  .meta({ id: 'Problem', description: 'A problem document (RFC 9457).' });

/** One page of a list. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({
    data: z.array(item),
    nextCursor: z.string().nullable().describe('Give it as `cursor` for the next page'),
    warnings: warnings.optional().describe('What is left out of the page'),
  });

/** Query parameters of every list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(1000).default(100).describe('Most items of a page'),
  cursor: z.string().min(1).max(2000).optional().describe('`nextCursor` of the page before'),
};

/** A reply without a body. */
export const nothing = z.undefined();
