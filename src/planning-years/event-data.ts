import { z } from 'zod';
import type { EventSpec } from '../../machines/region.ts';
import { InvalidInputError } from '../errors.ts';
import { faultsOf } from '../http/validate.ts';

/** What came with an event, as its shape has it; null when it carries nothing. */
export type EventData = Record<string, unknown> | null;

/** Holds what came with an event against its shape. */
export function checkedData(spec: EventSpec, data: unknown): EventData {
  if (!spec.data) return noData(data);
  if (data === undefined || data === null) {
    if (!spec.data.required) return null;
    throw new InvalidInputError(`"${spec.title}" needs data.`, [
      { pointer: '/data', detail: `Send for example ${JSON.stringify(spec.data.example)}.` },
    ]);
  }
  const checked = spec.data.schema.safeParse(data);
  if (checked.success) return checked.data as EventData;
  throw new InvalidInputError(
    `The data of "${spec.title}" cannot be taken as it is.`,
    faultsOf(checked.error).map(({ pointer, detail }) => ({ pointer: `/data${pointer}`, detail })),
  );
}

/** For an act that carries nothing. */
export function noData(data: unknown): null {
  if (data === undefined || data === null) return null;
  throw new InvalidInputError('This act takes no data.', [
    { pointer: '/data', detail: 'Leave it out.' },
  ]);
}

/** The JSON Schema of an event's data, for those who have to fill it in. */
export function dataSchemaOf(spec: EventSpec): Record<string, unknown> | undefined {
  if (!spec.data) return undefined;
  const schema = schemas.get(spec) ?? (z.toJSONSchema(spec.data.schema) as Record<string, unknown>);
  schemas.set(spec, schema);
  return schema;
}

// Specifications never change, and making a schema takes longer than all else of a view.
const schemas = new WeakMap<EventSpec, Record<string, unknown>>();
