import type { EventSpec } from '../../machines/region.ts';
import { dataAsked } from '../planning-years/event-data.ts';
import type { Field, Typed } from './fields.ts';

interface Property {
  type?: string;
  format?: string;
  description?: string;
}

/** The fields that an event's data is asked for with, and how what was typed becomes data. */
export interface DataFields {
  fields: Field[];
  read(typed: Typed): Record<string, unknown> | undefined;
}

const NONE: DataFields = { fields: [], read: () => undefined };

/** From the JSON Schema of an event's data: one field for each of its properties. */
export function dataFieldsOf(spec: EventSpec | undefined): DataFields {
  const data = spec && dataAsked(spec);
  if (!data) return NONE;
  const asked = data.dataRequired;
  const properties = Object.entries(data.dataSchema.properties as Record<string, Property>);
  return {
    fields: properties.map(([name, property]) => ({
      name: `data.${name}`,
      label: `${property.description ?? name}${asked ? '' : ' (if you know)'}`,
      kind: kindOf(property),
      ...(property.type === 'array' && { hint: 'One a line.' }),
      required: asked,
    })),
    read(typed) {
      const data = properties.flatMap(([name, property]) => {
        const value = typedValue(property, (typed[`data.${name}`] ?? '').trim());
        return value === undefined ? [] : [[name, value] as const];
      });
      return data.length === 0 && !asked ? undefined : Object.fromEntries(data);
    },
  };
}

function kindOf({ type, format }: Property): Field['kind'] {
  switch (type) {
    case 'boolean':
      return 'checkbox';
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return 'lines';
    default:
      return format === 'uri' ? 'url' : 'text';
  }
}

/** Undefined: nothing was typed. */
function typedValue({ type }: Property, typed: string): unknown {
  if (typed === '') return undefined;
  if (type === 'boolean') return true;
  if (type === 'integer' || type === 'number') return Number(typed);
  if (type !== 'array') return typed;
  return typed
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
