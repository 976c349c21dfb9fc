import { z } from 'zod';
import type { EventSpec } from '../../machines/region.ts';
import { InvalidInputError } from '../errors.ts';
import { faultsOf, readBy } from '../http/validate.ts';

/** What came with an event, as its shape has it; null when it carries nothing. */
export type EventData = Record<string, unknown> | null;

/** Holds what came with an event against its shape. */
export function checkedData(spec: EventSpec, data: unknown): EventData {
  if (!spec.data) return noData(data);
  if (data === undefined || data === null) {
    if (!spec.data.required) return null;
    throw new InvalidInputError(`"${spec.title}" needs data.`, [
      {
        pointer: '/data',
        detail: `is missing: send for example ${JSON.stringify(spec.data.example)}`,
      },
    ]);
  }
  const checked = readBy(spec.data.schema, data);
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
    { pointer: '/data', detail: 'must be left out' },
  ]);
}

/** What an event asks for: the JSON Schema of its data, for those who fill it in. */
export interface DataAsked {
  dataSchema: Record<string, unknown>;
  /** Whether the data may not be left out. */
  dataRequired: boolean;
  example: unknown;
}

/** Undefined for an event that carries nothing. */
export function dataAsked(spec: EventSpec): DataAsked | undefined {
  if (!spec.data) return undefined;
  const known = asked.get(spec);
  if (known) return known;
  const { schema, required, example } = spec.data;
  const made = { dataSchema: z.toJSONSchema(schema), dataRequired: required, example };
  asked.set(spec, made);
  return made;
}

// Specifications never change, and making a schema takes longer than all else of a view.
const asked = new WeakMap<EventSpec, DataAsked>();
