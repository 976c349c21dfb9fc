import { z } from 'zod';
import { instant, isoDate, line, listOf, pageQuery, text } from '../http/schemas.ts';
import { schoolView } from '../schools/schemas.ts';

const particulars = {
  on: isoDate.describe('The first day on which it is so: today or earlier'),
  reason: text(4000).describe('For whoever reads the history'),
};
const ON = { on: '2027-01-04', reason: 'By decision of the board.' };
const A_CODE = '99-903-003A-26-2002';

export const closing = z.strictObject(particulars).meta({ id: 'SchoolToClose', examples: [ON] });

export const merging = z
  .strictObject({ into: line(100).describe('Code of the school that goes on'), ...particulars })
  .meta({ id: 'SchoolToMerge', examples: [{ into: A_CODE, ...ON }] });

export const recoding = z
  .strictObject({ code: line(100).describe('The new code'), ...particulars })
  .meta({ id: 'SchoolToRecode', examples: [{ code: A_CODE, ...ON }] });

export const reorganized = z
  .strictObject({
    school: schoolView,
    successor: schoolView.nullable(),
    planningYears: z.strictObject({
      moved: z.array(z.uuid()).describe('Now the successor’s'),
      withdrawn: z.array(z.uuid()),
    }),
    assignments: z.strictObject({
      moved: z.int().describe('Now at the successor'),
      ended: z.int().describe('Ended on the day before, or taken back before anybody held them'),
    }),
  })
  .meta({ id: 'Reorganized' });

export const schoolActs = listOf(
  z
    .strictObject({
      id: z.uuid(),
      kind: z.enum(['closed', 'merged', 'recoded']),
      school: z.string(),
      successor: z.string().nullable(),
      on: isoDate,
      reason: z.string(),
      actor: z.strictObject({ id: z.string(), role: z.string() }),
      recordedAt: instant,
    })
    .meta({ id: 'SchoolAct' }),
).meta({ id: 'SchoolActs' });

export const actsQuery = z.strictObject(pageQuery);
