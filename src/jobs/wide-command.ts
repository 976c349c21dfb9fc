import { z } from 'zod';
import { isByHand } from '../../machines/region.ts';
import { type Fault, InvalidInputError } from '../errors.ts';
import { faultsOf, readBy } from '../http/validate.ts';
import {
  type Correction,
  corrections,
  isCorrection,
  reason,
} from '../planning-years/corrections.ts';
import type { Command } from '../planning-years/decide.ts';
import { requirePast } from '../planning-years/effective-on.ts';
import { checkedData, noData } from '../planning-years/event-data.ts';
import type { TaskModel, YearModel } from '../planning-years/model.ts';
import { regionNamed, requireFact, requireState } from '../planning-years/named.ts';
import type { wideBody } from './schemas.ts';

const completion = z.strictObject({
  task: z.string(),
  data: z.record(z.string(), z.unknown()).optional(),
});
const reopening = z.strictObject({ task: z.string(), reason: reason() });

/**
 * The command that a wide act brings to each year, checked as far as it is the same for all: what no
 * year could take is refused before anything begins.
 * @param today in the program's zone
 * @throws InvalidInputError
 */
export function wideCommand(
  model: YearModel,
  { type, data, through, note, effectiveOn }: z.infer<typeof wideBody>,
  today: string,
): { kind: string; command: Command } {
  requirePast(effectiveOn, today);
  const particulars = { note, effectiveOn };
  if (type === 'complete') {
    const { task, data: more } = checked(completion, data);
    requireDataOf(model, taskNamed(model, task), more);
    const command = { kind: 'complete' as const, task, evidence: [], ...particulars };
    return { kind: 'task', command: { ...command, ...(more && { data: more }) } };
  }
  if (type === 'reopen') {
    const reopened = checked(reopening, data);
    taskNamed(model, reopened.task);
    return { kind: 'task', command: { kind: 'reopen', ...reopened, ...particulars } };
  }
  if (isCorrection(type)) {
    const correction = correctionOf(model, type, data);
    return { kind: 'correction', command: { kind: 'correct', correction, ...particulars } };
  }
  const event = model.event(type);
  if (!event || !isByHand(event.spec))
    throw new InvalidInputError('There is no such event.', [
      {
        pointer: '/type',
        detail: 'must be an event of the program’s statechart, a correction, complete or reopen',
      },
    ]);
  if (through) {
    requireDataByType(model, data ?? {});
    return { kind: 'event', command: { kind: 'through', type, ...particulars, data: data ?? {} } };
  }
  checkedData(event.spec, data ?? undefined);
  return { kind: 'event', command: { kind: 'event', type, ...particulars, ...(data && { data }) } };
}

function correctionOf(model: YearModel, type: keyof typeof corrections, data: unknown): Correction {
  // Of a task, each year has its own; what they share is the calendar's id.
  const shape: z.ZodType = corrections[type].data;
  const own = (data ?? {}) as Record<string, unknown>;
  const named = 'task' in own ? { ...own, task: ANY_ID } : own;
  const correction = { type, ...(checked(shape, named) as object) } as Correction;
  if ('task' in correction) return { ...correction, task: taskNamed(model, String(own.task)).key };
  if (correction.type === 'undo') regionNamed(model, correction.region);
  if (correction.type === 'force')
    requireState(regionNamed(model, correction.region), correction.state);
  if (correction.type === 'correctFact') requireFact(model, correction.fact);
  return correction;
}

/** Stands in for the id that differs from year to year. */
const ANY_ID = '00000000-0000-7000-8000-000000000000';

function checked<T>(shape: z.ZodType<T>, data: unknown): T {
  const result = readBy(shape, data ?? {});
  if (result.success) return result.data;
  throw new InvalidInputError(
    'The data cannot be taken as it is; see errors.',
    faultsOf(result.error).map(within),
  );
}

/** What the event that a task raises has to come with. */
function requireDataOf(model: YearModel, { raises }: TaskModel, data: unknown): void {
  const spec = raises === null ? undefined : model.event(raises)?.spec;
  try {
    if (spec) checkedData(spec, data);
    else noData(data);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new InvalidInputError(error.message, error.faults.map(within));
  }
}

/** What steps carry has to be theirs in every year, whatever steps a year has left. */
function requireDataByType(model: YearModel, data: Readonly<Record<string, unknown>>): void {
  for (const [type, own] of Object.entries(data)) {
    const event = model.event(type);
    if (!event || !isByHand(event.spec))
      throw new InvalidInputError('There is no such event.', [
        { pointer: `/data/${type}`, detail: 'is no event of the program’s statechart' },
      ]);
    try {
      checkedData(event.spec, own);
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      const faults = error.faults;
      throw new InvalidInputError(
        error.message,
        faults.map(({ pointer, detail }) => ({
          pointer: pointer.replace(/^\/data/, `/data/${type}`),
          detail,
        })),
      );
    }
  }
}

const within = ({ pointer, detail }: Fault): Fault => ({ pointer: `/data${pointer}`, detail });

function taskNamed(model: YearModel, key: string): TaskModel {
  const task = model.tasks.find((candidate) => candidate.key === key);
  if (task) return task;
  throw new InvalidInputError('The calendar has no such task.', [
    { pointer: '/data/task', detail: 'is no task that GET /v1/programs/{program}/calendar lists' },
  ]);
}
