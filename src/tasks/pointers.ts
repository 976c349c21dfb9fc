import { type Fault, InvalidInputError } from '../errors.ts';

/** A fault in a correction's data as the task's own route has it, whose body holds the data itself. */
export function withoutData(error: unknown): unknown {
  if (!(error instanceof InvalidInputError)) return error;
  const faults = (error.details?.errors ?? []) as Fault[];
  return new InvalidInputError(
    error.message,
    faults.map(({ pointer, detail }) => ({
      pointer: pointer.replace(/^\/data\//, '/'),
      detail,
    })),
  );
}
