import { z } from 'zod';
import { instant, isoDate, listOf, pageQuery } from '../http/schemas.ts';
import { yearName } from '../planning-years/schemas.ts';

const name = z.string().max(100);

export const milestonesQuery = z.strictObject({
  ...pageQuery,
  program: name.optional(),
  year: yearName.optional(),
  district: name.optional().describe("The district's code"),
  school: name.optional().describe("The school's code"),
  coordinator: z.uuid().optional().describe('A person who is assigned to coach the school today'),
  region: name.optional(),
  state: name.optional(),
  status: z.enum(['active', 'done', 'withdrawn']).optional().describe('Of the planning year'),
  overdue: z.enum(['true', 'false']).optional(),
  by: z
    .enum(['effective', 'recorded'])
    .default('effective')
    .describe('What `since` tells: when it happened, or when it was recorded'),
});
export type MilestonesQuery = z.infer<typeof milestonesQuery>;

/** The columns of the CSV, in their order. */
const milestoneColumns = {
  planningYear: z.uuid(),
  program: z.string(),
  year: z.string(),
  rcdts: z.string().nullable().describe("The school's code; null for a district's run"),
  schoolName: z.string().nullable(),
  districtCode: z.string(),
  districtName: z.string(),
  county: z.string().nullable(),
  coordinator: z.string().describe('Names, joined by `; `; empty for a dashboard’s key'),
  region: z.string(),
  regionTitle: z.string(),
  state: z.string(),
  stateTitle: z.string(),
  final: z.boolean().describe('It needs nothing more'),
  overdue: z.boolean().describe('One of its open tasks or blocked deadlines is past its due date'),
  dueOn: isoDate.nullable().describe('The earliest due date of its unfinished tasks'),
  since: isoDate.describe('When it came into this state'),
  updatedAt: instant,
};
export const MILESTONE_COLUMNS = Object.keys(milestoneColumns) as (keyof Milestone)[];

const milestone = z.strictObject(milestoneColumns).meta({ id: 'Milestone' });
export type Milestone = z.infer<typeof milestone>;
export const milestones = listOf(milestone).meta({ id: 'Milestones' });

export const summaryQuery = z.strictObject({
  program: name.optional().describe('Left out: the key’s own, or the first'),
  year: yearName.optional().describe('Left out: the year under way'),
  groupBy: z.enum(['region', 'district', 'county', 'coordinator', 'month']).default('region'),
});
export type SummaryQuery = z.infer<typeof summaryQuery>;

const number = z.int();

export const summary = z
  .strictObject({
    program: z.string(),
    year: z.string(),
    groupBy: summaryQuery.shape.groupBy.unwrap(),
    computedAt: instant,
    groups: z.array(
      z
        .strictObject({
          key: z.string().describe('What it is grouped by; empty: nobody, or no county'),
          title: z.string(),
          planningYears: number,
          byState: z
            .record(z.string(), number)
            .describe('By state in a group of one region, else by `region.state`'),
          tasks: z.strictObject({
            done: number,
            open: number,
            blocked: number,
            overdue: number.describe('Open ones and blocked deadlines past their due date'),
          }),
        })
        .meta({ id: 'SummaryGroup' }),
    ),
  })
  .meta({ id: 'Summary' });

export const changesQuery = z.strictObject({
  since: z.string().min(1).max(2000).optional().describe('`nextCursor` of the call before'),
  limit: pageQuery.limit,
});

export const changes = z
  .strictObject({
    data: z.array(
      z
        .strictObject({
          planningYear: z.uuid(),
          program: z.string(),
          year: z.string(),
          school: z.string().nullable(),
          district: z.string(),
          version: number,
          status: z.enum(['active', 'done', 'withdrawn']),
          changedAt: instant,
        })
        .meta({ id: 'Change' }),
    ),
    nextCursor: z.string().describe('Give it as `since` of the next call, now or later'),
  })
  .meta({ id: 'Changes' });
