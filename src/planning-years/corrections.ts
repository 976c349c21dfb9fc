import { z } from 'zod';
import type { YearModel } from './model.ts';
import type { YearState } from './state.ts';

/**
 * What stands beside the possible events: putting right what is wrong. Each is an entry of the log
 * like any other, with a reason; nothing is deleted.
 */
export const corrections = {
  undo: {
    title: 'Take back the last event of a region',
    data: z.strictObject({ region: z.string(), reason: reason() }),
  },
  force: {
    title: 'Put a region into a state, whatever its chart says',
    data: z.strictObject({ region: z.string(), state: z.string(), reason: reason() }),
  },
  waive: {
    title: 'Excuse this school from a task',
    data: z.strictObject({ task: z.uuid(), reason: reason() }),
  },
  extend: {
    title: 'Give this school a later date for a task',
    data: z.strictObject({ task: z.uuid(), dueOn: z.iso.date(), reason: reason() }),
  },
  correctFact: {
    title: 'Correct a condition of the school',
    data: z.strictObject({ fact: z.string(), value: z.boolean().nullable(), reason: reason() }),
  },
  withdraw: {
    title: 'Withdraw the year: designation appealed, school closed or merged',
    data: z.strictObject({ reason: reason() }),
  },
  reinstate: {
    title: 'Take the withdrawal of the year back',
    data: z.strictObject({ reason: reason() }),
  },
} as const;

export type CorrectionType = keyof typeof corrections;

/** A correction with its data, tasks named by the calendar's ids. */
export type Correction = {
  [T in CorrectionType]: { type: T } & z.infer<(typeof corrections)[T]['data']>;
}[CorrectionType];

export const isCorrection = (type: string): type is CorrectionType =>
  Object.hasOwn(corrections, type);

/**
 * The corrections that a year can take, with the JSON Schema of their data: one that is withdrawn can
 * be reinstated, and nothing else.
 */
export function possibleCorrections(model: YearModel, { status }: YearState) {
  const made = offered.get(model) ?? correctionsOf(model);
  offered.set(model, made);
  return status === 'withdrawn' ? made.whenWithdrawn : made.otherwise;
}

const offered = new WeakMap<YearModel, ReturnType<typeof correctionsOf>>();

function correctionsOf(model: YearModel) {
  const regions = model.machines.regions.map(({ key }) => key);
  const facts = model.pack.program.facts.map(({ id }) => id);
  const all = Object.entries(corrections).map(([type, { title, data }]) => {
    const schema = z.toJSONSchema(data) as { properties: Record<string, object> };
    const named: Record<string, string[]> = { region: regions, fact: facts };
    const properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, property]) => [
        name,
        named[name] ? { ...property, enum: named[name] } : property,
      ]),
    );
    return { type, title, dataSchema: { ...schema, properties } };
  });
  const { whenWithdrawn = [], otherwise = [] } = Object.groupBy(all, ({ type }) =>
    type === 'reinstate' ? 'whenWithdrawn' : 'otherwise',
  );
  return { whenWithdrawn, otherwise };
}

/** Why something is put right. */
export function reason() {
  return z.string().trim().min(1).max(4000).describe('For whoever reads the log');
}
