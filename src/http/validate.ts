import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { type Fault, InvalidInputError, NotFoundError } from '../errors.ts';
import { UNKNOWN, wordsInstead, wordsOf } from './fault-words.ts';
import { escapePointer } from './strings.ts';

/** Checks each part of a request by its zod schema, and says what is wrong where. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (data: unknown) => {
    const result = readBy(schema, data);
    if (result.success) return { value: result.data };
    // What a path names badly does not exist.
    if (httpPart === 'params') return { error: new NotFoundError('There is no such thing.') };
    const faults = faultsOf(result.error, httpPart === 'querystring' ? '?' : '/');
    const where = httpPart === 'querystring' ? 'The query' : 'The body';
    return {
      error: new InvalidInputError(`${where} can't be taken as it is; see errors.`, faults),
    };
  };

/** Reads a value by its schema. What is wrong with it is told in words of the catalogue. */
export const readBy = <T extends z.ZodType>(schema: T, data: unknown) =>
  schema.safeParse(data, { error: wordsOf, reportInput: true });

/** The issues of {@link readBy} as faults: `/a/0/b` within a body, `?name` in a query. */
export const faultsOf = (error: z.ZodError, mark: '/' | '?' = '/'): Fault[] =>
  error.issues.flatMap((issue) => faultsOfIssue(issue, [], mark));

type Issue = z.core.$ZodIssue;

function faultsOfIssue(issue: Issue, base: PropertyKey[], mark: '/' | '?'): Fault[] {
  const path = [...base, ...issue.path];
  const at = (steps: PropertyKey[]) =>
    steps.map((step) => `${mark}${escapePointer(String(step))}`).join('');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ pointer: at([...path, key]), detail: UNKNOWN }));
  // Of several shapes, tell about the one that came closest.
  const closest =
    issue.code === 'invalid_union' && issue.errors.length > 0
      ? issue.errors.reduce((best, other) => (other.length < best.length ? other : best))
      : [];
  if (closest.length > 0) return closest.flatMap((inner) => faultsOfIssue(inner, path, mark));
  return [{ pointer: at(path), detail: wordsInstead(issue) ?? issue.message }];
}
