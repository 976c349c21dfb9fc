import { z } from 'zod';
import { taskKind } from '../../calendar/shape.ts';
import { instant, isoDate, listOf, pageQuery, text, warnings } from '../http/schemas.ts';
import { effectiveOn, evidence, evidenceKept, logEntry, note } from '../planning-years/schemas.ts';

const status = z.enum(['open', 'blocked', 'done', 'waived', 'lapsed', 'preStart', 'notApplicable']);
const kind = taskKind;

const obstacle = z
  .strictObject({
    reason: z.string(),
    task: z.uuid().optional().describe('A task whose doing would help'),
    roles: z.array(z.string()).describe('Whose doing would help'),
  })
  .meta({ id: 'Obstacle' });

const settled = z
  .strictObject({
    by: z.strictObject({ id: z.string(), role: z.string() }),
    recordedAt: instant,
    effectiveOn: isoDate,
    note: z.string().nullable(),
    evidence: evidenceKept,
    onBehalfOf: z
      .string()
      .nullable()
      .describe('The role whose task it is, where another settled it'),
  })
  .meta({ id: 'Settlement' });

const shape = {
  id: z.uuid(),
  planningYear: z.uuid(),
  school: z.string().nullable(),
  activity: z.string().describe('The calendar’s activity, such as `nov-4`'),
  role: z.string(),
  title: z.string(),
  scope: z.enum(['state', 'district', 'school']).describe('How far finishing it once reaches'),
  kind,
  dueOn: isoDate.nullable().describe('null: the date of this year has not been set'),
  safeBy: isoDate.nullable().describe('An earlier day to aim at'),
  status,
  overdue: z.boolean(),
  blockedBy: z
    .array(obstacle)
    .describe('What keeps it from being done; of an open one, what holds back the event it raises'),
  warnings: warnings.optional(),
  raises: z.string().nullable().describe('The event that its doing brings about'),
  dataSchema: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('JSON Schema of the `data` that its completion takes'),
  dataRequired: z.boolean().optional().describe('Whether that `data` may not be left out'),
  example: z.unknown().optional(),
  notes: z.array(z.strictObject({ kind: z.string(), text: z.string() })),
  sources: z.array(z.string()).describe('Items of the source document'),
  settled: settled.nullable().describe('null also for dashboards, which are told of no people'),
  version: z.int(),
};

export const task = z.strictObject(shape).meta({ id: 'Task' });
/** A task after an act on it, and the job that carries the act to the other schools it covers. */
export const taskAfter = z
  .strictObject({
    ...shape,
    event: logEntry,
    job: z.uuid().optional(),
    stillDone: z
      .strictObject({
        planningYears: z.int(),
        takeBack: z.string().describe('How to take it back there'),
      })
      .optional()
      .describe('Where a task of wider scope stays done, although it was reopened here'),
  })
  .meta({ id: 'TaskAfterEvent' });
export const tasks = listOf(task).meta({ id: 'Tasks' });

export const tasksQuery = z.strictObject({
  ...pageQuery,
  planningYear: z.uuid().optional(),
  school: z.string().max(100).optional().describe("The school's code"),
  district: z.string().max(100).optional().describe("The district's code"),
  role: z.string().max(100).optional(),
  status: status.optional(),
  kind: kind.optional(),
  dueFrom: isoDate.optional(),
  dueTo: isoDate.optional(),
  overdue: z.enum(['true', 'false']).optional(),
});
export type TasksQuery = z.infer<typeof tasksQuery>;

export const completeBody = z
  .strictObject({
    note,
    effectiveOn,
    evidence: evidence.default([]),
    data: z
      .record(z.string(), z.unknown())
      .nullable()
      .optional()
      .describe('What the event that it raises asks for, if any'),
  })
  .meta({ id: 'TaskToComplete', example: { note: 'Met on Tuesday.' } });

export const completeManyBody = z
  .strictObject({
    tasks: z.array(z.uuid()).min(1).max(500),
    note,
    effectiveOn,
    evidence: evidence.default([]),
  })
  .meta({
    id: 'TasksToComplete',
    example: { tasks: ['0199e862-9980-79aa-bed8-6f4a408f1c2c'], note: 'All at one meeting.' },
  });

export const completedMany = z
  .strictObject({ data: z.array(taskAfter) })
  .meta({ id: 'TasksAfterEvents' });

const reason = text(4000).describe('For whoever reads the log');

export const reopenBody = z
  .strictObject({
    reason: reason.optional().describe('Needed when an event is undone with it'),
    everywhere: z
      .boolean()
      .optional()
      .describe(
        'Of a task of wider scope: true takes it back at the other schools that it covers, too, in the background; left out, here alone',
      ),
    note,
    effectiveOn,
  })
  .meta({ id: 'TaskToReopen', example: { reason: 'Ticked by mistake.' } });

export const waiveBody = z
  .strictObject({ reason, note, effectiveOn })
  .meta({ id: 'TaskToWaive', example: { reason: 'The school closes in June.' } });

export const extendBody = z
  .strictObject({ reason, dueOn: isoDate, note, effectiveOn })
  .meta({ id: 'TaskToExtend', example: { reason: 'Snow closure.', dueOn: '2027-02-07' } });
