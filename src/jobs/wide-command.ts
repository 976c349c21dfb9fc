import { z } from 'zod';
import { isByHand } from '../../machines/region.ts';
import { InvalidInputError } from '../errors.ts';
import { faultsOf } from '../http/validate.ts';
import { type Correction, corrections, isCorrection } from '../planning-years/corrections.ts';
import type { Command } from '../planning-years/decide.ts';
import { checkedData } from '../planning-years/event-data.ts';
import type { YearModel } from '../planning-years/model.ts';
import type { wideBody } from './schemas.ts';

const completion = z.strictObject({
  task: z.string(),
  data: z.record(z.string(), z.unknown()).optional(),
});

/**
 * The command that a wide act brings to each year, checked as far as it is the same for all.
 * @throws InvalidInputError
 */
export function wideCommand(
  model: YearModel,
  { type, data, note, effectiveOn }: z.infer<typeof wideBody>,
): { kind: string; command: Command } {
  const particulars = { note, effectiveOn };
  if (type === 'complete') {
    const { task, data: more } = checked(completion, data);
    requireTask(model, task);
    const command = { kind: 'complete' as const, task, evidence: [], ...particulars };
    return { kind: 'task', command: { ...command, ...(more && { data: more }) } };
  }
  if (isCorrection(type)) {
    // Of a task, each year has its own; what they share is the calendar's id.
    const shape: z.ZodType = corrections[type].data;
    const own = (data ?? {}) as Record<string, unknown>;
    const named = 'task' in own ? { ...own, task: ANY_ID } : own;
    const correction = { type, ...(checked(shape, named) as object) } as Correction;
    if (!('task' in correction))
      return { kind: 'correction', command: { kind: 'correct', correction, ...particulars } };
    const task = String(own.task);
    requireTask(model, task);
    return {
      kind: 'correction',
      command: { kind: 'correct', correction: { ...correction, task }, ...particulars },
    };
  }
  const event = model.event(type);
  if (!event || !isByHand(event.spec))
    throw new InvalidInputError('There is no such event.', [
      {
        pointer: '/type',
        detail: 'Send an event of the program’s statechart, a correction, or complete.',
      },
    ]);
  checkedData(event.spec, data ?? undefined);
  return { kind: 'event', command: { kind: 'event', type, ...particulars, ...(data && { data }) } };
}

/** Stands in for the id that differs from year to year. */
const ANY_ID = '00000000-0000-7000-8000-000000000000';

function checked<T>(shape: z.ZodType<T>, data: unknown): T {
  const result = shape.safeParse(data ?? {});
  if (result.success) return result.data;
  throw new InvalidInputError(
    'The data cannot be taken as it is; see errors.',
    faultsOf(result.error).map(({ pointer, detail }) => ({ pointer: `/data${pointer}`, detail })),
  );
}

function requireTask(model: YearModel, key: string): void {
  if (model.tasks.some((task) => task.key === key)) return;
  throw new InvalidInputError('The calendar has no such task.', [
    { pointer: '/data/task', detail: 'Name it as GET /v1/programs/{program}/calendar does.' },
  ]);
}
