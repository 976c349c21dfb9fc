import type { z } from 'zod';
import { InvalidInputError } from '../errors.ts';
import { faultsOf, readBy } from '../http/validate.ts';

/** What was typed, as the API would take it. @throws InvalidInputError as the API would */
export function checked<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const result = readBy(schema, body);
  if (result.success) return result.data;
  throw new InvalidInputError('Something is missing or not right.', faultsOf(result.error));
}
