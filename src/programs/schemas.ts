import { z } from 'zod';
import { noteKind, roleKind, taskKind, taskScope } from '../../calendar/shape.ts';
import { isoDate } from '../http/schemas.ts';

export const programParams = z.strictObject({
  program: z.string().describe('Id of a program'),
});

export const yearName = z
  .string()
  .regex(/^2\d{3}-\d{2}$/, 'must be a school year such as 2026-27')
  .meta({ examples: ['2026-27'] });

export const programView = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    unit: z.enum(['school', 'district']).describe('What kind of organization a year is about'),
    roles: z.array(z.strictObject({ id: z.string(), kind: roleKind, title: z.string() })),
    version: z.string().describe('Changes with any edit of the program’s data'),
  })
  .meta({ id: 'Program' });

const calendarTask = z
  .strictObject({
    id: z.string().meta({ examples: ['nov-4/district/2'] }),
    role: z.string(),
    title: z.string(),
    scope: taskScope.describe('How far finishing it once reaches'),
    kind: taskKind.describe('A date of its own, or expected within the month'),
    dueOn: isoDate.nullable().describe('Null while the year has not set it'),
    safeBy: isoDate.nullable().describe('The earlier day to aim at'),
    sources: z.array(z.string()).describe('Items of the source document that it covers'),
    appliesWhen: z.record(z.string(), z.boolean()).nullable().describe('Conditions of the school'),
    notes: z.array(z.strictObject({ kind: noteKind.or(z.literal('unset')), text: z.string() })),
    raises: z.string().nullable().describe('Type of the event that its doing brings about'),
    opensWhen: z.record(z.string(), z.string()).nullable().describe('State by region'),
  })
  .meta({ id: 'CalendarTask' });

export const calendarView = z
  .strictObject({
    program: z.string(),
    year: yearName,
    version: z.string(),
    activities: z.array(
      z.strictObject({
        id: z.string(),
        month: z.string().meta({ examples: ['2026-11'] }),
        title: z.string(),
        topics: z.array(z.string()),
        resources: z.array(z.strictObject({ title: z.string(), url: z.string().nullable() })),
        tasks: z.array(calendarTask),
      }),
    ),
  })
  .meta({ id: 'Calendar' });

const edge = z.strictObject({
  event: z.string(),
  title: z.string(),
  target: z.string(),
  guard: z.strictObject({ name: z.string(), reason: z.string() }).nullable(),
  by: z
    .array(z.string())
    .readonly()
    .describe('Roles whose act it is; none: time, another region or a corrected condition'),
  automatic: z.boolean(),
  whenCorrected: z.string().nullable().describe('The condition whose correction brings it'),
  returns: z.boolean().describe('Leads backwards'),
  dataSchema: z.record(z.string(), z.unknown()).optional().describe('JSON Schema of its `data`'),
  dataRequired: z.boolean().optional().describe('Whether `data` may not be left out'),
});

export const machineView = z
  .strictObject({
    program: z.string(),
    version: z.string(),
    regions: z.array(
      z.strictObject({
        key: z.string(),
        title: z.string(),
        initial: z.string(),
        states: z.array(
          z.strictObject({
            key: z.string(),
            title: z.string(),
            final: z.boolean(),
            doesNotApply: z.boolean(),
            on: z.array(edge),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'Machine' });
