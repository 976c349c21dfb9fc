import { z } from 'zod';
import { instant, isoDate, line, listOf, pageQuery, text, warnings } from '../http/schemas.ts';
import type { Programs } from '../programs/programs.ts';

export const yearName = z
  .string()
  .regex(/^2\d{3}-\d{2}$/, 'must name a year by its first school year, such as 2026-27')
  .refine((name) => Number(name.slice(5)) === (Number(name.slice(2, 4)) + 1) % 100, {
    error: 'must name two years that follow each other, such as 2026-27',
  });

const status = z.enum(['active', 'done', 'withdrawn']);

const region = z
  .strictObject({
    state: z.string(),
    title: z.string().describe('What a reader calls the state'),
    regionTitle: z.string(),
    since: isoDate.describe('When it came into this state'),
    final: z.boolean().describe('It needs nothing more'),
    overdue: z
      .boolean()
      .describe('One of its open tasks or blocked deadlines is past its due date'),
  })
  .meta({ id: 'Region' });

const possibleEvent = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    region: z.string(),
    task: z.string().optional().describe('A task whose doing raises it'),
    returns: z
      .literal(true)
      .optional()
      .describe('Leads back: work that it undoes is asked for again'),
    warnings: warnings.optional(),
    dataSchema: z.record(z.string(), z.unknown()).optional().describe('JSON Schema of `data`'),
    dataRequired: z.boolean().optional().describe('Whether `data` may not be left out'),
    example: z.unknown().optional().describe('`data` that is valid'),
  })
  .meta({ id: 'PossibleEvent' });

const correction = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    dataSchema: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Correction' });

const progress = z
  .strictObject({
    done: z.int(),
    open: z.int(),
    blocked: z.int(),
    overdue: z.int().describe('Open ones and blocked deadlines past their due date'),
    waived: z.int(),
    lapsed: z.int(),
    preStart: z.int().describe('Due before the year was opened here'),
    notApplicable: z.int(),
  })
  .meta({ id: 'Progress', description: 'Tasks, counted.' });

const summary = {
  id: z.uuid(),
  program: z.string(),
  year: z.string(),
  through: z.string().describe('The last school year of the run'),
  organization: z.strictObject({
    kind: z.enum(['school', 'district']),
    code: z.string(),
    name: z.string(),
  }),
  school: z.string().nullable().describe("The school's code; null for a district's run"),
  district: z.strictObject({ code: z.string(), name: z.string() }),
  designation: z.string(),
  releasedOn: isoDate.nullable(),
  conditions: z.record(z.string(), z.boolean().nullable()).describe('null: not known yet'),
  status,
  regions: z.record(z.string(), region),
  progress,
  openedOn: isoDate,
  lastContact: isoDate.nullable().describe('When somebody last met or reached the school'),
  calendarVersion: z.string(),
  machineVersion: z.string(),
  version: z.int(),
  updatedAt: instant,
};

export const planningYearItem = z.strictObject(summary).meta({ id: 'PlanningYearItem' });

const full = {
  ...summary,
  possibleEvents: z.array(possibleEvent),
  corrections: z.array(correction),
};

export const planningYear = z.strictObject(full).meta({ id: 'PlanningYear' });

export const planningYearOpened = z
  .strictObject({
    ...full,
    warnings: warnings.optional(),
  })
  .meta({ id: 'PlanningYearOpened' });

const actor = z
  .strictObject({ id: z.string(), role: z.string() })
  .meta({ id: 'Actor', description: 'Who did it: a key or the clock, never a name.' });

export const logEntry = z
  .strictObject({
    seq: z.int(),
    type: z.string(),
    actor,
    recordedAt: instant,
    effectiveOn: isoDate.describe('When it happened, as far as the sender says'),
    note: z.string().nullable(),
    data: z.record(z.string(), z.unknown()).nullable(),
    changes: z
      .record(z.string(), z.tuple([z.string(), z.string()]))
      .describe('Region: state before, state after'),
    transitions: z.array(
      z.strictObject({
        event: z.string(),
        region: z.string(),
        from: z.string(),
        to: z.string(),
        automatic: z.boolean().describe('Followed by itself'),
      }),
    ),
    settledTasks: z.array(z.uuid()).describe('Tasks that it settled'),
    reopenedTasks: z.array(z.uuid()),
    waivedTasks: z.array(z.uuid()),
    extendedTasks: z.array(z.strictObject({ task: z.uuid(), dueOn: isoDate })),
    conditions: z
      .record(z.string(), z.tuple([z.boolean().nullable(), z.boolean().nullable()]))
      .describe('Conditions that were corrected: before, after'),
    undoes: z.array(z.strictObject({ seq: z.int(), event: z.string() })),
    status: z.tuple([status, status]).nullable(),
    onBehalfOf: z.array(z.string()).describe('Other roles than the actor’s whose tasks it settled'),
    warnings,
  })
  .meta({ id: 'LogEntry' });

export const planningYearAfter = z
  .strictObject({ ...full, event: logEntry, warnings: warnings.optional() })
  .meta({ id: 'PlanningYearAfterEvent' });

export const planningYears = listOf(planningYearItem).meta({ id: 'PlanningYears' });
export const logEntries = listOf(logEntry).meta({ id: 'LogEntries' });

export const yearsQuery = z.strictObject({
  ...pageQuery,
  program: z.string().max(100).optional(),
  year: yearName.optional(),
  school: z.string().max(100).optional().describe("The school's code"),
  district: z.string().max(100).optional().describe("The district's code"),
  coordinator: z.uuid().optional().describe('A person who is assigned to coach the school today'),
  status: status.optional(),
  region: z.string().max(100).optional().describe('With `state`: years where it stands there'),
  state: z.string().max(100).optional(),
  overdue: z.enum(['true', 'false']).optional(),
  noContactSince: isoDate.optional().describe('Nobody has met or reached the school since then'),
});
export type YearsQuery = z.infer<typeof yearsQuery>;

/** What opens a year: the given conditions are the programs' own. */
export const openBody = (programs: Programs) =>
  z
    .strictObject({
      program: line(100),
      year: yearName,
      school: line(100).describe("The school's code"),
      designation: line(100),
      regions: z
        .record(z.string(), z.string())
        .optional()
        .describe('Where regions stand already, of a year taken over while it is under way'),
      releasedOn: isoDate.nullable().default(null).describe('null: not released yet'),
      ...Object.fromEntries(
        givenFields(programs).map(({ field, title }) => [
          field,
          z.boolean().nullable().default(null).describe(`${title}; null: not known yet`),
        ]),
      ),
    })
    .meta({ id: 'PlanningYearToOpen' });

/** The conditions that come with a designation, over all programs. */
export const givenFields = (programs: Programs) => [
  ...new Map(
    programs.all
      .flatMap(({ pack }) => pack.program.facts)
      .flatMap((fact) => (fact.given ? [{ ...fact.given, title: fact.title, id: fact.id }] : []))
      .map((given) => [given.field, given]),
  ).values(),
];

export const note = text(4000).nullable().optional().describe('For whoever reads the log');
export const effectiveOn = isoDate
  .optional()
  .describe('When it happened: today (the default) or earlier');

export const eventBody = z
  .strictObject({
    type: line(200).describe('One of `possibleEvents`'),
    effectiveOn,
    note,
    data: z
      .record(z.string(), z.unknown())
      .nullable()
      .optional()
      .describe('What the event asks for; with `through`, of each event on the way by its type'),
    through: z
      .literal(true)
      .optional()
      .describe(
        'Walks the forward way to the event, in the regions that its guards wait for, too, and settles the tasks on it. Refused whole, naming each, where a step lacks its data.',
      ),
  })
  .meta({ id: 'EventToApply', example: { type: 'surveys.progressSent', note: 'Sent by mail.' } });

/** Evidence as somebody gives it. The log keeps it for good, and many may read it. */
export const evidence = z
  .array(
    z.strictObject({
      title: line(300),
      url: z
        .url({ protocol: /^https?$/, error: 'must be an http or https address' })
        .max(2000)
        .refine((url) => !/^https?:\/*[^/?#]*@/i.test(url), {
          error: 'must hold no name and no password: whoever reads the log could use them',
        }),
    }),
  )
  .max(20);

/** Evidence as it was taken. */
export const evidenceKept = z.array(z.strictObject({ title: z.string(), url: z.string() }));

export const dryRunQuery = z.strictObject({
  dryRun: z
    .enum(['true', 'false'])
    .default('false')
    .describe('`true`: say what would change, and change nothing'),
});
